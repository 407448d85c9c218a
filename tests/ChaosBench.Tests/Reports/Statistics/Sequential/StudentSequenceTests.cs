using ChaosBench.Reports.Statistics.Sequential;
using ChaosBench.Scenarios.Planning;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Tests.Reports.Statistics.Sequential;

public sealed class StudentSequenceTests
{
    /// <summary>Numerical integral of noncentral t likelihood ratios over the same mixture.</summary>
    [Theory]
    [InlineData(5, 1.3, 0.33)]
    [InlineData(20, 2.7, 0.33)]
    [InlineData(60, 0.4, 0.1)]
    public void ChanceAbove_AgainstTheIntegral_IsTheMixtureOfLikelihoodRatios(int count, double t, double prior)
    {
        // The density of t given δ √n is an integral itself: of normal densities over a chi of n - 1.
        double Density(double shift)
        {
            var (sum, steps) = (0.0, 4000);
            for (var i = 0; i < steps; i++)
            {
                var s = (i + 0.5) / steps * 4;
                sum += Normal.PDF(0, 1, (t * s) - shift) * s * Chi.PDF(count - 1, s * Math.Sqrt(count - 1.0)) * Math.Sqrt(count - 1.0) * 4 / steps;
            }

            return sum;
        }

        var mixed = 0.0;
        for (var i = 0; i < 400; i++)
        {
            var effect = -8 + ((i + 0.5) * 16 / 400);
            mixed += Density(effect * Math.Sqrt(prior) * Math.Sqrt(count)) / Density(0) * Normal.PDF(0, 1, effect) * 16 / 400;
        }

        var expected = Math.Min(1, 1 / ((2 * mixed) - Math.Sqrt(1 / (1 + (count * prior)))));

        Assert.Equal(expected, new StudentSequence(prior).ChanceAbove(t / Math.Sqrt(count), 1, count, 0), 3);
    }

    [Theory]
    [InlineData(3, 0.33)]
    [InlineData(24, 0.33)]
    [InlineData(300, 0.05)]
    public void Radius_OfABound_IsWhereTheChanceIsAlpha(int count, double prior)
    {
        var sequence = new StudentSequence(prior);
        var radius = sequence.Radius(2, count, 0.05);

        Assert.True(double.IsInfinity(radius) || Math.Abs(sequence.ChanceAbove(radius, 2, count, 0) - 0.05) < 1e-9);
        Assert.Equal(count == 3, double.IsInfinity(radius));
        Assert.Equal(sequence.ChanceAbove(1, 2, count, 0.5), sequence.ChanceBelow(-1, 2, count, -0.5));
    }

    /// <summary>The truth on the limit is the worst case; a plain t-test looked at as often would be wrong in about a third of the streams.</summary>
    [Fact]
    public void ChanceAbove_LookedAtAfterEveryValue_IsSeldomBelowAlpha()
    {
        const int Streams = 2_000;
        var (sequence, alarms) = (StudentSequence.For(24), 0);
        for (ulong seed = 1; seed <= Streams; seed++)
        {
            var (random, sum, squares, alarm) = (new SplitMix64(seed), 0.0, 0.0, false);
            for (var count = 1; count <= 300 && !alarm; count++)
            {
                var value = Normal.InvCDF(0, 1, Math.Clamp(random.NextDouble(), 1e-12, 1 - 1e-12));
                (sum, squares) = (sum + value, squares + (value * value));
                var deviation = Math.Sqrt(Math.Max(1e-30, (squares - (sum * sum / count)) / Math.Max(1, count - 1)));
                alarm = count > 1 && sequence.ChanceAbove(sum / count, deviation, count, 0) <= 0.05;
            }

            alarms += alarm ? 1 : 0;
        }

        // Five standard errors of a share of 5 % would be 2.4 points.
        Assert.InRange(alarms / (double)Streams, 0.001, 0.06);
    }

    [Theory]
    [InlineData(7, 7, true)]
    [InlineData(6, 6, false)]
    [InlineData(30, 60, false)]
    public void Chance_OfSigns_IsSmallWhenNearlyAllAreGood(long good, long count, bool small) =>
        Assert.Equal(small, SignSequence.Chance(good, count) <= 0.05);

    [Fact]
    public void Chance_OfSignsLookedAtAfterEveryValue_IsSeldomBelowAlpha()
    {
        var alarms = 0;
        for (ulong seed = 1; seed <= 2_000; seed++)
        {
            var (random, good, alarm) = (new SplitMix64(seed), 0, false);
            for (var count = 1; count <= 300 && !alarm; count++)
            {
                good += random.NextDouble() < 0.5 ? 1 : 0;
                alarm = SignSequence.Chance(good, count) <= 0.05;
            }

            alarms += alarm ? 1 : 0;
        }

        Assert.InRange(alarms, 2, 120);
    }

    [Fact]
    public void Check_NoDeviationOrOneValue_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new StudentSequence(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StudentSequence(1).Radius(0, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StudentSequence(1).ChanceAbove(1, 1, 1, 0));
    }
}
