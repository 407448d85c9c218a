using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>From a run to the pairs of blocks that an objective compares.</summary>
internal static class BlockFold
{
    /// <summary>
    /// Blocks that both versions had requests in, in order. Of what is timed, those in which somebody else used the machine are left out
    /// (<see cref="Disturbances"/>).
    /// </summary>
    public static IReadOnlyList<BlockPair> Pairs(Objective objective, Measurements run, Slice candidate, Slice baseline)
    {
        var without = Without(objective, run);
        if (BlockSample.IsPercentileOfRequests(objective))
        {
            return Joined(Requests(objective, run, candidate), Requests(objective, run, baseline), without);
        }

        var (left, right) = (Sizes(run, candidate), Sizes(run, baseline));
        var blocks = left.Keys.Where(right.ContainsKey).Except(without).Order().ToList();
        // Gaps between tokens are too many to keep: neighbouring blocks are folded together at once.
        var count = BlockSample.Groups(objective, blocks.Count, blocks.Sum(block => Math.Min(left[block], right[block])));
        var groupOf = new Dictionary<int, int>();
        for (var group = 0; group < count; group++)
        {
            var (from, to) = (group * blocks.Count / count, (group + 1) * blocks.Count / count);
            blocks[from..to].ForEach(block => groupOf[block] = group);
        }

        var (mine, theirs) = (Values(objective, run.In(candidate), groupOf, count), Values(objective, run.In(baseline), groupOf, count));
        return [.. mine.Zip(theirs).Select(pair => new BlockPair(Turn(pair.First), Turn(pair.Second)))];
    }

    /// <summary>Blocks with requests of both versions that are set aside, and all that there are.</summary>
    public static (int SetAside, int All) Disturbed(Objective objective, Measurements run, Slice candidate, Slice baseline)
    {
        var without = Without(objective, run);
        if (without.Count == 0)
        {
            return default;
        }

        var both = Sizes(run, candidate).Keys.Intersect(Sizes(run, baseline).Keys).ToList();
        return (both.Count(without.Contains), both.Count);
    }

    private static IReadOnlySet<int> Without(Objective objective, Measurements run) =>
        Metrics.IsTimed(objective.Metric) ? run.DisturbedBlocks : new HashSet<int>();

    private static List<BlockPair> Joined(Dictionary<int, List<double>> mine, Dictionary<int, List<double>> theirs, IReadOnlySet<int> without) =>
        [.. mine.Keys.Where(theirs.ContainsKey).Except(without).Order()
            .Select(block => new BlockPair(new BlockTurn(null, [.. mine[block]]), new BlockTurn(null, [.. theirs[block]])))];

    /// <summary>The values of each block that has any.</summary>
    private static Dictionary<int, List<double>> Requests(Objective objective, Measurements run, Slice slice)
    {
        var blocks = new Dictionary<int, List<double>>();
        foreach (var request in run.In(slice))
        {
            if (MetricValues.Of(objective.Metric, request) is { } value)
            {
                if (!blocks.TryGetValue(request.Block, out var values))
                {
                    blocks[request.Block] = values = [];
                }

                values.Add(value);
            }
        }

        return blocks;
    }

    /// <summary>Requests by block.</summary>
    private static Dictionary<int, int> Sizes(Measurements run, Slice slice) => run.In(slice).CountBy(request => request.Block).ToDictionary();

    /// <summary>The objective's value in each group of blocks; null where a group has none. One pass, whatever the number of groups.</summary>
    private static ValueFold[] Values(Objective objective, IEnumerable<Request> requests, Dictionary<int, int> groupOf, int count)
    {
        var folds = Enumerable.Range(0, count).Select(_ => new ValueFold(objective)).ToArray();
        foreach (var request in requests)
        {
            if (groupOf.TryGetValue(request.Block, out var group))
            {
                folds[group].Add(request);
            }
        }

        return folds;
    }

    private static BlockTurn Turn(ValueFold fold) => new(fold.Value, []) { Requests = fold.Count };
}
