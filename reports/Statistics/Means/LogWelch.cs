using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Means;

/// <summary>
/// Ratio of two geometric means of runs that are not paired, by Welch's t on logarithms (Welch, Biometrika 34, 1947), for non-inferiority
/// with a relative margin: worse than the margin when the lower one-sided bound is above ln(1 + margin), no worse when the upper one is
/// below (Schuirmann 1987). The values are those of runs or blocks, not of requests.
/// </summary>
/// <param name="LogRatio">Mean logarithm of the candidate less that of the baseline.</param>
/// <param name="Degrees">Welch and Satterthwaite's.</param>
public sealed record LogWelch(double LogRatio, double StandardError, double Degrees)
{
    public double Ratio => Math.Exp(LogRatio);

    public static Answer<LogWelch> Of(ReadOnlySpan<double> candidate, ReadOnlySpan<double> baseline)
    {
        if (Guard.BothFinite(candidate, baseline, 2) is { } lack)
        {
            return lack;
        }

        var (mine, theirs) = (Logs(candidate), Logs(baseline));
        if (mine is null || theirs is null)
        {
            return Lack.NotDefined("a ratio takes positive values");
        }

        var (a, b) = (Moments.Of(mine), Moments.Of(theirs));
        var (va, vb) = (a.Variance / a.Count, b.Variance / b.Count);
        return va + vb == 0
            ? new Lack(LackKind.NoSpread, "all values are alike in both samples: nothing says how sure the ratio is")
            : new LogWelch(
                a.Mean - b.Mean,
                Math.Sqrt(va + vb),
                (va + vb) * (va + vb) / ((va * va / (a.Count - 1)) + (vb * vb / (b.Count - 1))));
    }

    /// <summary>A lower and an upper bound of the ratio, each with this confidence by itself.</summary>
    public (double Low, double High) OneSided(double confidence = 0.95)
    {
        var reach = StandardError * StudentT.InvCDF(0, 1, Degrees, confidence);
        return (Math.Exp(LogRatio - reach), Math.Exp(LogRatio + reach));
    }

    public MarginTest Against(double margin)
    {
        var t = (LogRatio - Math.Log(1 + margin)) / StandardError;
        return new MarginTest(t, StudentT.CDF(0, 1, Degrees, t), StudentT.CDF(0, 1, Degrees, -t));
    }

    private static double[]? Logs(ReadOnlySpan<double> values)
    {
        var logs = values.ToArray();
        return Array.Exists(logs, value => value <= 0) ? null : Array.ConvertAll(logs, Math.Log);
    }
}

/// <param name="NonInferior">Chance of a ratio this low if the candidate were worse by just the margin: small speaks for it.</param>
/// <param name="Worse">Chance of a ratio this high if it were worse by just the margin: small speaks against it.</param>
public sealed record MarginTest(double T, double NonInferior, double Worse);
