using ChaosBench.Reports.Statistics.Ranks;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.RootFinding;

namespace ChaosBench.Reports.Statistics.Anchors;

public enum KayentaClass
{
    Pass,
    High,
    Low,
    NoData,
}

/// <summary>
/// What Netflix's canary judge says of two samples (spinnaker/kayenta, MannWhitneyClassifier.scala and MannWhitney.scala), to show beside
/// our verdicts, not to decide: it passes what is a hundred times worse in seven of ten points. The interval's ends are roots of the
/// tie-corrected, continuity-corrected Wilcoxon z(μ) = ±z_{α/2}, the estimate the root of z(μ) = 0; High when the lower end is above
/// tolerance × |estimate| and the ratio of means is not below what is allowed.
/// </summary>
/// <param name="MeanRatio">Null where the control's mean is 0; then it does not count.</param>
public sealed record KayentaJudge(double Low, double High, double Estimate, double Critical, double? MeanRatio, KayentaClass Class)
{
    private const double Confidence = 0.98;
    private const double Tolerance = 0.25;
    private const double Accuracy = 1e-4;

    public static Answer<KayentaJudge> Of(
        ReadOnlySpan<double> experiment, ReadOnlySpan<double> control, double allowedIncrease = 1, double allowedDecrease = 1)
    {
        if (Guard.BothFinite(experiment, control, 1) is { } lack)
        {
            return lack;
        }

        var (x, y) = (experiment.ToArray(), control.ToArray());
        if (x.Concat(y).Distinct().Count() == 1)
        {
            return new KayentaJudge(0, 0, 0, 0, x[0] == 0 ? null : 1, KayentaClass.Pass);
        }

        if (x.Distinct().Count() == 1 && y.Distinct().Count() == 1)
        {
            return new Lack(LackKind.NoSpread, "both samples are constant: Kayenta adds noise to them, and we do not");
        }

        var quantile = Normal.InvCDF(0, 1, (1 + Confidence) / 2);
        var (low, high, estimate) = (Root(x, y, quantile), Root(x, y, -quantile), Root(x, y, 0));
        var critical = Tolerance * Math.Abs(estimate);
        double? ratio = y.Average() == 0 ? null : x.Average() / y.Average();
        var which = low > critical && !(ratio < allowedIncrease) ? KayentaClass.High
            : high < -critical && !(ratio > allowedDecrease) ? KayentaClass.Low
            : KayentaClass.Pass;
        return new KayentaJudge(low, high, estimate, critical, ratio, which);
    }

    private static double Root(double[] x, double[] y, double quantile)
    {
        var (from, to) = (x.Min() - y.Max(), x.Max() - y.Min());
        double Distance(double shift) => Z(x, y, shift) - quantile;
        return Distance(from) <= 0 ? from : Distance(to) >= 0 ? to
            : Brent.TryFindRoot(Distance, from, to, Accuracy, 1_000, out var root) ? root
            : throw new System.Diagnostics.UnreachableException("a change of sign has a root");
    }

    private static double Z(double[] x, double[] y, double shift)
    {
        var (n, m) = ((double)x.Length, (double)y.Length);
        var joint = MidRanks.Joint(Array.ConvertAll(x, value => value - shift), y);
        var above = joint.Ranks.Take(x.Length).Sum() - (n * (n + 1) / 2) - (n * m / 2);
        var sigma = Math.Sqrt(n * m / 12 * (n + m + 1 - (joint.TieTerm / ((n + m) * (n + m - 1)))));
        return (above - (0.5 * Math.Sign(above))) / sigma;
    }
}
