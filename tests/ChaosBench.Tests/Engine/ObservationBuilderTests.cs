using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Tests.Support;
using static ChaosBench.Tests.Engine.Simulation;

namespace ChaosBench.Tests.Engine;

public class ObservationBuilderTests
{
    private readonly FakeTime _time = new();
    private readonly ObservationBuilder _builder;

    public ObservationBuilderTests()
    {
        var clock = new RunClock(_time);
        clock.Start();
        _builder = new ObservationBuilder(clock);
    }

    [Fact]
    public void Close_TokensReported_HoldsEveryInstantAndGap()
    {
        _time.Advance(TimeSpan.FromMilliseconds(5));
        _builder.Sent();
        _time.Advance(TimeSpan.FromMilliseconds(10));
        _builder.Tokens(2);
        _time.Advance(TimeSpan.FromMilliseconds(3));
        _builder.Tokens(1);

        var instants = _builder.Close();

        Assert.Equal((Ms(5), Ms(15), Ms(18)), (instants.Sent, instants.FirstToken, instants.LastToken));
        Assert.Equal((2, 3L), (instants.FirstEventTokens, instants.Tokens));
        Assert.Equal([new TokenGap(Ms(3), 1)], instants.Gaps);
    }

    [Fact]
    public void Tokens_WithStamp_UsesTheStampNotTheClock()
    {
        IResponseSink sink = _builder;
        var stamp = sink.Stamp();
        _time.Advance(TimeSpan.FromMilliseconds(10));
        sink.Tokens(1, stamp);

        Assert.Equal(0, _builder.Close().FirstToken);
    }

    [Fact]
    public void Sent_Twice_KeepsTheFirst()
    {
        _builder.Sent();
        _time.Advance(TimeSpan.FromMilliseconds(10));
        _builder.Sent();

        Assert.Equal(0, _builder.Close().Sent);
    }

    [Fact]
    public void Close_ThenMoreTokens_IgnoresThem()
    {
        var before = _builder.Close();
        _builder.Sent();
        _builder.Tokens(1);

        Assert.Equal(before.Tokens, _builder.Close().Tokens);
        Assert.Null(_builder.Close().Sent);
    }

    [Fact]
    public void Tokens_EndlessReply_BoundsTheGapsButCountsOn()
    {
        for (var at = 0; at < GapBuffer.MaxGaps + 10; at++)
        {
            _builder.Tokens(1);
        }

        var instants = _builder.Close();
        Assert.Equal(GapBuffer.MaxGaps, instants.Gaps.Count);
        Assert.Equal(GapBuffer.MaxGaps + 10, instants.Tokens);
    }
}
