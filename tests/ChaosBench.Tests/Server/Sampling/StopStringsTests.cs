using ChaosBench.Server.Sampling;
using FsCheck;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Server.Sampling;

public class StopStringsTests
{
    [Fact]
    public void Append_StopAcrossPieces_SendsNothingOfIt()
    {
        var stops = new StopStrings(["END", "STOP"]);
        // "EN" is let go when "S" follows, "ST" is held in its place; then "OP" completes a stop string.
        Assert.Equal(["a", "b", "", "EN", ""], ((string[])["a", "bE", "N", "ST", "OP!"]).Select(stops.Append));
        Assert.True(stops.Met);
        Assert.Equal("", stops.Finish());
    }

    [Fact]
    public void Finish_HeldBeginningOfNoStop_ComesOut()
    {
        var stops = new StopStrings(["END"]);
        Assert.Equal("x", stops.Append("xEN"));
        Assert.Equal("EN", stops.Finish());
    }

    [Fact]
    public void Append_AnyCut_EqualsTextUpToTheFirstStop()
    {
        string[] stopWords = ["aab", "ba", "c"];
        var pieces = Gen.Elements("a", "b", "aa", "ab", "d", "ad").ListOf();
        Check.QuickThrowOnFailure(Prop.ForAll(pieces.ToArbitrary(), list =>
        {
            var stops = new StopStrings(stopWords);
            var sent = "";
            foreach (var piece in list)
            {
                if (!stops.Met)
                {
                    sent += stops.Append(piece);
                }
            }

            sent += stops.Finish();
            var whole = string.Concat(list);
            var first = stopWords.Select(s => whole.IndexOf(s, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(-1).Min();
            Assert.Equal(first >= 0, stops.Met);
            Assert.StartsWith(sent, whole, StringComparison.Ordinal);
            if (first < 0)
            {
                Assert.Equal(whole, sent);
            }
            else
            {
                Assert.DoesNotContain(stopWords, s => sent.Contains(s, StringComparison.Ordinal));
            }
        }));
    }
}
