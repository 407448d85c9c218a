using ChaosBench.Reports.Statistics;

namespace ChaosBench.Tests.Reports.Statistics;

public sealed class BinomialTests
{
    [Fact]
    public void AtMostAndAtLeast_EverySmallCase_AgreeWithTheSumOfTerms()
    {
        foreach (var n in new[] { 1, 2, 7, 30 })
        {
            foreach (var p in new[] { 0, 0.01, 0.3, 0.5, 0.99, 1 })
            {
                for (var k = -1; k <= n + 1; k++)
                {
                    var sum = Enumerable.Range(0, Math.Clamp(k + 1, 0, n + 1)).Sum(i => Term(n, i, p));
                    Assert.Equal(sum, Binomial.AtMost(k, n, p), 1e-12);
                    Assert.Equal(1 - sum, Binomial.AtLeast(k + 1, n, p), 1e-12);
                }
            }
        }
    }

    [Theory]
    [InlineData(0.95, 58, null)]
    [InlineData(0.95, 59, 59)]
    [InlineData(0.99, 298, null)]
    [InlineData(0.99, 299, 299)]
    [InlineData(0.5, 4, null)]
    [InlineData(0.5, 5, 5)]
    public void UpperRank_AtTheSmallestSample_IsTheMaximum(double probability, int n, int? rank) =>
        Assert.Equal(rank, OrderStatistics.UpperRank(n, probability));

    [Fact]
    public void Ranks_AnySample_HoldTheirConfidenceAndNoMore()
    {
        foreach (var (n, p) in from n in new[] { 5, 59, 300, 1000 } from p in new[] { 0.5, 0.9, 0.95, 0.99 } select (n, p))
        {
            if (OrderStatistics.UpperRank(n, p) is { } upper)
            {
                Assert.True(Binomial.AtMost(upper - 1, n, p) >= 0.95);
                Assert.True(upper == 1 || Binomial.AtMost(upper - 2, n, p) < 0.95);
            }

            if (OrderStatistics.LowerRank(n, p) is { } lower)
            {
                Assert.True(Binomial.AtMost(lower - 1, n, p) <= 0.05 + 1e-12);
                Assert.True(Binomial.AtMost(lower, n, p) > 0.05);
            }
        }
    }

    [Theory]
    [InlineData(0, 0.01, 268)]
    [InlineData(1, 0.95, 52)]
    [InlineData(1, 0.99, 268)]
    public void TriesFor_PerfectSample_IsWhereTheWilsonBoundCrossesTheLimit(double observed, double limit, long tries)
    {
        Assert.Equal(tries, Wilson.TriesFor(observed, limit));
        foreach (var (n, crossed) in new[] { (tries - 1, false), (tries, true) })
        {
            var (low, high) = Wilson.OneSided(observed * n, n)!.Value;
            Assert.Equal(crossed, observed < limit ? high < limit : low > limit);
        }
    }

    [Fact]
    public void MeanBounds_TooLittleOrInfinite_IsNull()
    {
        Assert.Null(MeanBounds.Of([1]));
        Assert.Null(MeanBounds.Of([1, double.PositiveInfinity]));
        Assert.Equal(0, MeanBounds.Of([2, 2, 2])!.StandardError);
    }

    private static double Term(int n, int k, double p) =>
        MathNet.Numerics.SpecialFunctions.Binomial(n, k) * Math.Pow(p, k) * Math.Pow(1 - p, n - k);
}
