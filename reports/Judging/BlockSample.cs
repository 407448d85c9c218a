using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// What a comparison is judged on: pairs of blocks under one objective. A run has each of them once; whoever asks how often a gate is
/// wrong draws them again, each as often as its weight says.
/// </summary>
internal sealed class BlockSample
{
    /// <summary>With this many blocks a t-interval is worth planning for; tails may merge blocks down to it, not further.</summary>
    public const int WantedBlocks = 8;

    private readonly Objective _objective;
    private readonly IReadOnlyList<BlockPair> _pairs;
    private readonly int[] _weights;
    private readonly BlockValues? _values;

    private BlockSample(Objective objective, IReadOnlyList<BlockPair> pairs, int[] weights, BlockValues? values) =>
        (_objective, _pairs, _weights, _values) = (objective, pairs, weights, values);

    /// <summary>Pairs, each as often as it counts.</summary>
    public int Count => _weights.Sum();

    /// <summary>Sorted for <see cref="QuantileShift"/>, logarithms where the limit is a ratio. Null: the objective is no percentile of requests.</summary>
    public BlockValues? Values => _values;

    public IReadOnlyList<BlockPair> Pairs => _pairs;

    /// <summary>Requests that had a value, of the version that had fewer of them, pair by pair.</summary>
    public long Requests => _pairs.Select((pair, at) => (long)_weights[at] * Math.Min(pair.Candidate.Requests, pair.Baseline.Requests)).Sum();

    public static BlockSample Of(Objective objective, IReadOnlyList<BlockPair> pairs)
    {
        var ratio = objective.LimitKind == LimitKind.RelativeToBaseline;
        double[] Scaled(double[] values) => ratio ? [.. values.Select(value => Math.Log(Math.Max(value, double.Epsilon)))] : values;
        var values = IsPercentileOfRequests(objective)
            ? new BlockValues([.. pairs.Select(pair => (Scaled(pair.Candidate.Values), Scaled(pair.Baseline.Values)))], objective.Aggregation.Percent / 100)
            : null;
        return new BlockSample(objective, pairs, [.. Enumerable.Repeat(1, pairs.Count)], values);
    }

    /// <summary>The same pairs, each as often as <paramref name="weights"/> says.</summary>
    public BlockSample Weighted(int[] weights) => new(_objective, _pairs, weights, _values?.Weighted(weights));

    /// <summary>A metric with one value a request: all of them can be kept.</summary>
    public static bool IsPercentileOfRequests(Objective objective) => objective.Aggregation.Kind == AggregationKind.Percentile
        && objective.Aggregation.Percent is > 0 and < 100 && objective.Metric is not (MetricId.TokenGap or MetricId.ChunkGap);

    /// <summary>One value of each version for each pair, or for each run of neighbouring pairs where the metric is a tail.</summary>
    public List<(double Candidate, double Baseline)> Differences()
    {
        var drawn = _pairs.SelectMany((pair, at) => Enumerable.Repeat(pair, _weights[at])).ToList();
        if (!IsPercentileOfRequests(_objective))
        {
            return [.. drawn.Where(pair => pair is { Candidate.Value: not null, Baseline.Value: not null })
                .Select(pair => (pair.Candidate.Value!.Value, pair.Baseline.Value!.Value))];
        }

        var count = Groups(_objective, drawn.Count, drawn.Sum(pair => Math.Min(pair.Candidate.Values.Length, pair.Baseline.Values.Length)));
        return [.. Enumerable.Range(0, count)
            .Select(group => drawn[(group * drawn.Count / count)..((group + 1) * drawn.Count / count)])
            .Select(group => (Quantile(group.SelectMany(pair => pair.Candidate.Values)), Quantile(group.SelectMany(pair => pair.Baseline.Values))))
            .Where(pair => pair is { Item1: not null, Item2: not null })
            .Select(pair => (pair.Item1!.Value, pair.Item2!.Value))];
    }

    /// <summary>A p99 of ten requests is their maximum: blocks are merged until each holds about one value beyond the percentile.</summary>
    public static int Groups(Objective objective, int blocks, int requests)
    {
        if (objective.Aggregation.Kind != AggregationKind.Percentile || blocks == 0)
        {
            return blocks;
        }

        var beyond = (int)Math.Floor(requests * (1 - (objective.Aggregation.Percent / 100)));
        return Math.Clamp(beyond, Math.Min(WantedBlocks, blocks), blocks);
    }

    private double? Quantile(IEnumerable<double> values) => new Distribution(values.ToArray()).Quantile(_objective.Aggregation.Percent / 100);
}

/// <summary>Both turns of one block.</summary>
internal sealed record BlockPair(BlockTurn Candidate, BlockTurn Baseline);

/// <summary>One version in one block.</summary>
/// <param name="Value">The objective's aggregate; null when nothing counted, or where <paramref name="Values"/> say it all.</param>
/// <param name="Values">Of each request, for percentiles; empty otherwise.</param>
internal sealed record BlockTurn(double? Value, double[] Values)
{
    /// <summary>Requests that had a value.</summary>
    public int Requests { get; init; } = Values.Length;
}
