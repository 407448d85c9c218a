using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Sequential;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Statistics.Sequential;

public sealed class SequentialTests
{
    [Fact]
    public void Of_HostileSamples_SayWhy()
    {
        Hostile.Lacks(LackKind.NotEnough, AsymptoticSequence.For(100).Around(Hostile.One));
        Hostile.Lacks(LackKind.NoSpread, AsymptoticSequence.For(100).Around(Hostile.Alike));
        Hostile.Lacks(LackKind.NotANumber, AsymptoticSequence.For(100).Around(Hostile.Endless));
        Hostile.Lacks(LackKind.NotEnough, QuantileSequence.Around(Hostile.One, 0.5));
        Hostile.Lacks(LackKind.NotANumber, QuantileSequence.Around(Hostile.WithNaN, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MixtureSprt(0, 1));
    }

    [Fact]
    public void Look_NotANumber_ChangesNothing()
    {
        var test = new MixtureSprt(1, 1).Look(100, 1);

        Assert.Equal(test, test.Look(200, double.NaN));
        Assert.True(test.P < 0.001);
        Assert.Equal(test.P, test.Look(200, 0).P);
    }

    /// <summary>Looking after every value, a plain interval of 95 % would miss the mean in about a third of these streams.</summary>
    [Fact]
    public void Around_LookedAtAfterEveryValue_SeldomMissesTheTruth()
    {
        var (means, medians) = (0, 0);
        for (ulong seed = 1; seed <= 60; seed++)
        {
            var (random, values) = (new SplitMix64(seed), new List<double>());
            var (missedMean, missedMedian) = (false, false);
            while (values.Count < 400)
            {
                values.Add(random.NextDouble());
                if (values.Count >= 20)
                {
                    var mean = AsymptoticSequence.For(100).Around([.. values]).Value;
                    var median = QuantileSequence.Around([.. values], 0.5).Value;
                    missedMean |= mean.Low > 0.5 || mean.High < 0.5;
                    missedMedian |= median.Low > 0.5 || median.High < 0.5;
                }
            }

            means += missedMean ? 1 : 0;
            medians += missedMedian ? 1 : 0;
        }

        Assert.InRange(means, 0, 7);
        Assert.InRange(medians, 0, 7);
    }

    [Fact]
    public void Around_TailOfFewValues_HasNoUpperEndYet() =>
        Assert.Equal(double.PositiveInfinity, QuantileSequence.Around([.. Enumerable.Range(0, 2_000).Select(i => (double)i)], 0.99).Value.High);
}
