using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Tests.Scenarios.Planning;

/// <summary>Drawn gaps against the laws as MathNet has them, with fixed seeds: a right sampler passes for ever, a wrong one never.</summary>
public sealed class RenewalProcessTests
{
    private const int Many = 200_000;

    public static TheoryData<GapLaw> Laws =>
    [
        GapLaw.Exponential, GapLaw.OfGamma(0.05), GapLaw.OfGamma(0.25), GapLaw.OfGamma(1), GapLaw.OfGamma(7.5),
        GapLaw.OfWeibull(0.4), GapLaw.OfWeibull(0.7), GapLaw.OfWeibull(1), GapLaw.OfWeibull(3),
    ];

    [Theory]
    [MemberData(nameof(Laws))]
    public void Gap_ManyDraws_FollowTheLaw(GapLaw law)
    {
        var random = new SplitMix64(7);
        var gaps = Enumerable.Range(0, Many).Select(_ => RenewalProcess.Gap(law, random)).Order().ToArray();
        var cv = CvOf(law);
        var mean = gaps.Average();

        Assert.InRange(mean, 1 - (4 * cv / Math.Sqrt(Many)), 1 + (4 * cv / Math.Sqrt(Many)));

        // Kolmogorov-Smirnov: sup |F_n - F| exceeds 1.95 / sqrt(n) once in a thousand seeds when the law is right.
        Assert.InRange(Distance(gaps, Cdf(law)), 0, 1.95 / Math.Sqrt(Many));
    }

    [Theory]
    [MemberData(nameof(Laws))]
    public void Create_ManySeeds_BringsTheRateFromTheStart(GapLaw law)
    {
        const int Seeds = 20_000;
        var counts = Enumerable.Range(0, Seeds).Select(seed => RenewalProcess.Create(law, new SplitMix64((ulong)seed), 5).Count()).ToList();
        var mean = counts.Average();
        var error = Math.Sqrt(counts.Sum(count => (count - mean) * (count - mean)) / Seeds / Seeds);

        // A process that began with a whole gap would bring (CV^2 - 1)/2 too many: 9 of 5 for the most bursty law here.
        Assert.InRange(mean, 5 - (4 * error), 5 + (4 * error));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(2.5)]
    [InlineData(10)]
    public void WeibullShape_AnyCv_IsTheInverse(double cv) => Assert.Equal(cv, RenewalProcess.WeibullCv(RenewalProcess.WeibullShape(cv)), 1e-9 * cv);

    [Fact]
    public void PortableMath_ManyNumbers_AgreesWithTheLibraries()
    {
        var random = new SplitMix64(3);
        for (var step = 0; step < 50_000; step++)
        {
            var x = (random.NextDouble() - 0.5) * 1_000;
            Assert.Equal(1, PortableMath.Exp(x) / Math.Exp(x), 1e-14);
            Assert.Equal(Math.Cos(2 * Math.PI * (x - Math.Round(x))), PortableMath.CosOfTurns(x), 1e-14);
            var positive = random.NextDouble() * 60;
            Assert.Equal(SpecialFunctions.GammaLn(positive), PortableMath.LogGamma(positive), 1e-12 * Math.Max(1, Math.Abs(SpecialFunctions.GammaLn(positive))));
        }

        Assert.Equal((1, 0, 1), (PortableMath.Exp(0), PortableMath.Exp(-1e9), PortableMath.CosOfTurns(0)));
    }

    private static double CvOf(GapLaw law) => law switch
    {
        GapLaw.Gamma gamma => 1 / Math.Sqrt(gamma.Shape),
        GapLaw.Weibull weibull => RenewalProcess.WeibullCv(weibull.Shape),
        _ => 1,
    };

    private static Func<double, double> Cdf(GapLaw law) => law switch
    {
        // MathNet takes the lowest values for 0; there the first term of the series is exact.
        GapLaw.Gamma gamma => x => x < 1e-9
            ? Math.Exp((gamma.Shape * Math.Log(gamma.Shape * x)) - SpecialFunctions.GammaLn(gamma.Shape + 1))
            : Gamma.CDF(gamma.Shape, gamma.Shape, x),
        GapLaw.Weibull weibull => new Weibull(weibull.Shape, 1 / SpecialFunctions.Gamma(1 + (1 / weibull.Shape))).CumulativeDistribution,
        _ => new Exponential(1).CumulativeDistribution,
    };

    private static double Distance(double[] sorted, Func<double, double> cdf)
    {
        var most = 0.0;
        for (var at = 0; at < sorted.Length; at++)
        {
            var expected = cdf(sorted[at]);
            most = Math.Max(most, Math.Max(expected - ((double)at / sorted.Length), ((at + 1.0) / sorted.Length) - expected));
        }

        return most;
    }
}
