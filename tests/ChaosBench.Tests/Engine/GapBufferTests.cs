using ChaosBench.Engine;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Tests.Engine;

public class GapBufferTests
{
    private readonly GapBuffer _gaps = new();

    [Theory]
    [InlineData(0L, 1)]
    [InlineData((long)uint.MaxValue, 1)]
    [InlineData(uint.MaxValue + 1L, 1)]
    [InlineData(20L, 2)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void Take_AnyGapAmongMany_ComesBackAsItWas(long nanos, int tokens)
    {
        TokenGap[] added = [.. Enumerable.Range(1, 200).Select(at => at == 150 ? new TokenGap(nanos, tokens) : new TokenGap(at, 1))];
        foreach (var gap in added)
        {
            _gaps.Add(gap.Nanos, gap.Tokens);
        }

        var taken = _gaps.Take();

        Assert.Equal(added, taken);
        Assert.Equal(added, Enumerable.Range(0, taken.Count).Select(at => taken[at]));
    }

    [Fact]
    public void Take_AfterLongGapOfOneReply_ForgetsItForTheNext()
    {
        _gaps.Add(1, 7);
        _gaps.Take();
        _gaps.Add(2, 1);

        Assert.Equal([new TokenGap(2, 1)], _gaps.Take());
        Assert.Empty(_gaps.Take());
    }

    [Fact]
    public void Clear_GapsOfAReplyThatNobodyWants_AreGone()
    {
        _gaps.Add(1, 1);
        _gaps.Clear();

        Assert.Empty(_gaps.Take());
    }
}
