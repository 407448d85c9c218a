namespace ChaosBench.Reports.Statistics.Multiplicity;

/// <summary>
/// Chances made larger because several were looked at. A chance that is not a number is left out, counts for nobody and is listed; it
/// is never taken for 0.
/// </summary>
/// <param name="Values">By place in the input, at most 1; null for those that were left out.</param>
/// <param name="LeftOut">Their places.</param>
public sealed record Adjusted(IReadOnlyList<double?> Values, IReadOnlyList<int> LeftOut)
{
    public int Rejected(double alpha) => Values.Count(value => value <= alpha);

    /// <summary>
    /// Against any false alarm at all (Holm, Scandinavian Journal of Statistics 6, 1979): step down, max of (m - i + 1) p_(i). For gates.
    /// </summary>
    public static Adjusted Holm(IReadOnlyList<double> chances) => Step(chances, (p, rank, count) => (count - rank + 1) * p, down: true);

    /// <summary>
    /// Against a share of false alarms (Benjamini and Hochberg, Journal of the Royal Statistical Society B 57, 1995): step up, min of
    /// m p_(i) / i. For dashboards.
    /// </summary>
    public static Adjusted BenjaminiHochberg(IReadOnlyList<double> chances) => Step(chances, (p, rank, count) => count * p / rank, down: false);

    /// <summary>The same whatever the dependence (Benjamini and Yekutieli, Annals of Statistics 29, 2001): times Σ 1/i.</summary>
    public static Adjusted BenjaminiYekutieli(IReadOnlyList<double> chances) =>
        Step(chances, (p, rank, count) => count * p / rank * Enumerable.Range(1, count).Sum(i => 1.0 / i), down: false);

    private static Adjusted Step(IReadOnlyList<double> chances, Func<double, int, int, double> raise, bool down)
    {
        var known = Enumerable.Range(0, chances.Count).Where(i => chances[i] is >= 0 and <= 1).OrderBy(i => chances[i]).ToList();
        var values = new double?[chances.Count];
        var bound = down ? 0.0 : 1.0;
        for (var step = 0; step < known.Count; step++)
        {
            var rank = down ? step + 1 : known.Count - step;
            var raised = Math.Min(1, raise(chances[known[rank - 1]], rank, known.Count));
            bound = down ? Math.Max(bound, raised) : Math.Min(bound, raised);
            values[known[rank - 1]] = bound;
        }

        return new Adjusted(values, [.. Enumerable.Range(0, chances.Count).Except(known)]);
    }
}
