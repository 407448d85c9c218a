namespace ChaosBench.Reports.Statistics.Ranks;

/// <summary>Ranks from 1, equal values sharing the mean of theirs.</summary>
/// <param name="Ranks">By place in the input.</param>
/// <param name="TieTerm">Σ (t³ - t) over groups of t equal values.</param>
internal readonly record struct MidRanks(double[] Ranks, double TieTerm)
{
    public static MidRanks Of(params ReadOnlySpan<double> values)
    {
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        var sorted = values.ToArray();
        Array.Sort(sorted, order);
        var (ranks, ties) = (new double[sorted.Length], 0.0);
        for (var start = 0; start < sorted.Length;)
        {
            var end = start + 1;
            while (end < sorted.Length && sorted[end].Equals(sorted[start]))
            {
                end++;
            }

            for (var i = start; i < end; i++)
            {
                ranks[order[i]] = (start + 1 + end) / 2.0;
            }

            var size = (double)(end - start);
            ties += (size * size * size) - size;
            start = end;
        }

        return new MidRanks(ranks, ties);
    }

    /// <summary>Both samples ranked together, the first one's ranks first.</summary>
    public static MidRanks Joint(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var both = new double[x.Length + y.Length];
        x.CopyTo(both);
        y.CopyTo(both.AsSpan(x.Length));
        return Of(both);
    }
}
