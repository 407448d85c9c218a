using System.Diagnostics;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// Arrivals with independent gaps of mean 1. The process is stationary: it has run for ever when it is first looked at, so that t
/// units bring t arrivals in the mean from the start, also for laws of high variation. For that the first gap is the rest of one
/// that was met under way: a gap drawn with probability proportional to its length (gamma: shape + 1; Weibull: (x/scale)^shape is
/// gamma with shape 1 + 1/shape), times a uniform number.
/// </summary>
public static class RenewalProcess
{
    /// <summary>Instants in [0, until), ordered. Equal gaps start at 0.</summary>
    public static IEnumerable<double> Create(GapLaw law, SplitMix64 random, double until)
    {
        var at = law is GapLaw.Equal ? 0 : LongGap(law, random) * random.NextDouble();
        for (long number = 1; at < until; number++)
        {
            yield return at;
            at = law is GapLaw.Equal ? number : at + Gap(law, random);
        }
    }

    /// <summary>One gap, of mean 1.</summary>
    public static double Gap(GapLaw law, SplitMix64 random) => law switch
    {
        GapLaw.Equal => 1,
        GapLaw.Poisson => random.NextExponential(),
        GapLaw.Gamma gamma => NextGamma(gamma.Shape, random) / gamma.Shape,
        GapLaw.Weibull weibull => PortableMath.Pow(random.NextExponential(), 1 / weibull.Shape) * WeibullScale(weibull.Shape),
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// The coefficient of variation of a Weibull law: CV^2 + 1 = G(1 + 2/k) / G(1 + 1/k)^2, G the gamma function.
    /// </summary>
    public static double WeibullCv(double shape) => Math.Sqrt(
        PortableMath.Exp(PortableMath.LogGamma(1 + (2 / shape)) - (2 * PortableMath.LogGamma(1 + (1 / shape)))) - 1);

    /// <summary>
    /// The shape of the Weibull law with this coefficient of variation, by bisection: the CV falls as the shape grows.
    /// </summary>
    public static double WeibullShape(double cv)
    {
        var (low, high) = (0.05, 100.0);
        for (var step = 0; step < 100; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = WeibullCv(middle) > cv ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    private static double LongGap(GapLaw law, SplitMix64 random) => law switch
    {
        GapLaw.Poisson => NextGamma(2, random),
        GapLaw.Gamma gamma => NextGamma(gamma.Shape + 1, random) / gamma.Shape,
        GapLaw.Weibull weibull =>
            PortableMath.Pow(NextGamma(1 + (1 / weibull.Shape), random), 1 / weibull.Shape) * WeibullScale(weibull.Shape),
        _ => throw new UnreachableException(),
    };

    private static double WeibullScale(double shape) => PortableMath.Exp(-PortableMath.LogGamma(1 + (1 / shape)));

    /// <summary>Gamma with scale 1 (Marsaglia, Tsang 2000); below shape 1 by G(k) = G(k + 1) U^(1/k).</summary>
    private static double NextGamma(double shape, SplitMix64 random)
    {
        if (shape < 1)
        {
            return NextGamma(shape + 1, random) * PortableMath.Pow(1 - random.NextDouble(), 1 / shape);
        }

        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = NextNormal(random);
            var v = 1 + (c * x);
            if (v <= 0)
            {
                continue;
            }

            v = v * v * v;
            if (PortableMath.Log(1 - random.NextDouble()) < (0.5 * x * x) + (d * (1 - v + PortableMath.Log(v))))
            {
                return d * v;
            }
        }
    }

    /// <summary>
    /// Standard normal by Marsaglia's polar method; the second of the pair is not kept, so that nothing is hidden in the stream.
    /// </summary>
    private static double NextNormal(SplitMix64 random)
    {
        while (true)
        {
            var x = (2 * random.NextDouble()) - 1;
            var y = (2 * random.NextDouble()) - 1;
            var square = (x * x) + (y * y);
            if (square is > 0 and < 1)
            {
                return x * Math.Sqrt(-2 * PortableMath.Log(square) / square);
            }
        }
    }
}
