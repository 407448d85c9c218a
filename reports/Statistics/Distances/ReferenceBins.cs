using ChaosBench.Reports.Statistics.Quantiles;

namespace ChaosBench.Reports.Statistics.Distances;

/// <summary>
/// Bins of about equal counts, cut at quantiles of a reference and then frozen: the same edges for every sample that is compared with
/// it. Equal quantiles make fewer bins. A value on an edge belongs to the bin below.
/// </summary>
public sealed class ReferenceBins
{
    private readonly double[] _edges;

    private ReferenceBins(double[] edges) => _edges = edges;

    /// <summary>Inner edges, rising: one fewer than bins.</summary>
    public IReadOnlyList<double> Edges => _edges;

    public static Answer<ReferenceBins> Of(ReadOnlySpan<double> reference, int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        if (Guard.Ordered(reference, bins, "reference") is { } lack)
        {
            return lack;
        }

        var sorted = QuantileEstimators.Sorted(reference);
        var edges = Enumerable.Range(1, bins - 1).Select(i => QuantileEstimators.OfSorted(sorted, (double)i / bins)).Distinct()
            .Where(edge => edge < sorted[^1]).ToArray();
        return edges.Length == 0
            ? new Lack(LackKind.NoSpread, "all values of the reference are alike: there is nothing to cut")
            : new ReferenceBins(edges);
    }

    /// <summary>Edges as they were stored.</summary>
    public static ReferenceBins From(IReadOnlyList<double> edges) => new([.. edges]);

    public Answer<long[]> Count(ReadOnlySpan<double> values)
    {
        if (Guard.Ordered(values, 1) is { } lack)
        {
            return lack;
        }

        var counts = new long[_edges.Length + 1];
        foreach (var value in values)
        {
            var at = Array.BinarySearch(_edges, value);
            counts[at < 0 ? ~at : at]++;
        }

        return counts;
    }
}
