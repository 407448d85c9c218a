namespace ChaosBench.Reports.Statistics;

/// <summary>
/// Sequential probability ratio test of a share (Wald, Annals of Mathematical Statistics 16, 1945): after n tries with k hits the log
/// likelihood ratio is k ln(p1/p0) + (n - k) ln((1 - p1)/(1 - p0)). At or above ln((1 - beta)/alpha) the share is taken to be p1 or more,
/// at or below ln(beta/(1 - alpha)) p0 or less, in between the test goes on. It may be looked at after every try. Tries are taken
/// as independent.
/// </summary>
/// <param name="P0">Share that is taken for p1 with a chance of at most about <paramref name="Alpha"/>. Above 0.</param>
/// <param name="P1">Share that is taken for p0 with a chance of at most about <paramref name="Beta"/>. Above p0, below 1.</param>
public sealed record WaldSprt(double P0, double P1, double Alpha = 0.05, double Beta = 0.05)
{
    private readonly double _hit = P0 > 0 && P0 < P1 && P1 < 1
        ? Math.Log(P1 / P0)
        : throw new ArgumentOutOfRangeException(nameof(P1), $"0 < p0 < p1 < 1 is asked for, got {P0} and {P1}");

    private readonly double _miss = Math.Log((1 - P1) / (1 - P0));

    /// <summary>ln((1 - beta)/alpha).</summary>
    public double Upper => Math.Log((1 - Beta) / Alpha);

    /// <summary>ln(beta/(1 - alpha)).</summary>
    public double Lower => Math.Log(Beta / (1 - Alpha));

    /// <summary>Tries without any hit that it takes to accept p0: the shortest test.</summary>
    public long ShortestAcceptance => (long)Math.Ceiling(Lower / _miss);

    /// <summary>Counts may be fractions: those of dependent tries, divided by their design effect.</summary>
    public double LogLikelihoodRatio(double hits, double tries) => (hits * _hit) + ((tries - hits) * _miss);

    public SprtDecision Decide(double hits, double tries)
    {
        var ratio = LogLikelihoodRatio(hits, tries);
        return ratio >= Upper ? SprtDecision.AtLeastP1 : ratio <= Lower ? SprtDecision.AtMostP0 : SprtDecision.Continue;
    }
}

public enum SprtDecision
{
    Continue,
    AtMostP0,
    AtLeastP1,
}
