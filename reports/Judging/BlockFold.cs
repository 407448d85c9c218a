using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>From a run to the pairs of blocks that an objective compares.</summary>
internal static class BlockFold
{
    /// <summary>Blocks that both versions had requests in, in order.</summary>
    public static IReadOnlyList<BlockPair> Pairs(Objective objective, Measurements run, Slice candidate, Slice baseline)
    {
        if (BlockSample.IsPercentileOfRequests(objective))
        {
            return Joined(Requests(objective, run, candidate), Requests(objective, run, baseline));
        }

        var (left, right) = (Sizes(run, candidate), Sizes(run, baseline));
        var blocks = left.Keys.Where(right.ContainsKey).Order().ToList();
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

    private static List<BlockPair> Joined(Dictionary<int, List<double>> mine, Dictionary<int, List<double>> theirs) =>
        [.. mine.Keys.Where(theirs.ContainsKey).Order()
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
