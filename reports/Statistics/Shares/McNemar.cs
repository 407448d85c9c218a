namespace ChaosBench.Reports.Statistics.Shares;

/// <summary>
/// Two versions pass or fail the same cases: only the cases on which they differ say anything (McNemar, Psychometrika 12, 1947). Exact
/// by the binomial law at 1/2.
/// </summary>
/// <param name="TwoSided">2 P(Bin(b + c, 1/2) &lt;= min(b, c)), at most 1.</param>
/// <param name="MidP">The same less P(X = min): nearer to its level (Fagerland, Lydersen and Laake 2013).</param>
/// <param name="Worse">One-sided chance of this many or more lost cases.</param>
/// <param name="ChiSquared">With continuity correction, (|b - c| - 1)² / (b + c), for comparison with other tools.</param>
public sealed record McNemar(double TwoSided, double MidP, double Worse, double ChiSquared)
{
    /// <param name="lost">Passed by the baseline, failed by the candidate.</param>
    /// <param name="won">Failed by the baseline, passed by the candidate.</param>
    public static Answer<McNemar> Of(long lost, long won)
    {
        if (lost < 0 || won < 0)
        {
            return Lack.NotDefined("counts are not negative");
        }

        var (differ, least) = (lost + won, Math.Min(lost, won));
        if (differ == 0)
        {
            return Lack.NotEnough("the two versions agree on every case, so nothing speaks for either");
        }

        var tail = Binomial.AtMost(least, differ, 0.5);
        return new McNemar(
            Math.Min(1, 2 * tail),
            Math.Min(1, (2 * tail) - Binomial.Exactly(least, differ, 0.5)),
            Binomial.AtLeast(lost, differ, 0.5),
            Math.Pow(Math.Max(0, Math.Abs(lost - won) - 1), 2) / differ);
    }
}
