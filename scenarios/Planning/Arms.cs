using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>Which version gets an arrival, and which block it belongs to. The same answer whenever it is asked.</summary>
internal abstract class Arms
{
    /// <param name="at">Planned, nanoseconds.</param>
    /// <param name="index">Position in the plan.</param>
    /// <param name="tags">Of the prompt.</param>
    public abstract (TargetRole Role, int Block) Of(long at, int index, string promptId, IReadOnlyDictionary<string, string> tags);

    /// <param name="plays">Who has the traffic when, in order of time.</param>
    /// <param name="block">Length of the blocks of a run whose versions do not take turns.</param>
    public static Arms Create(Scenario scenario, ulong seed, IReadOnlyList<BlockWindow> plays, TimeSpan block) => scenario.Design switch
    {
        _ when scenario.Baseline is null => new InTurns(plays),
        ComparisonDesign.Turns => new InTurns(plays),
        ComparisonDesign.Split split => new ByUnit(seed, split),
        ComparisonDesign.Shadow => new Copies(seed, Nanos.From(block)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private sealed class InTurns(IReadOnlyList<BlockWindow> plays) : Arms
    {
        public override (TargetRole Role, int Block) Of(long at, int index, string promptId, IReadOnlyDictionary<string, string> tags)
        {
            var (low, high) = (0, plays.Count - 1);
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                (low, high) = plays[middle].Start <= at ? (middle, high) : (low, middle - 1);
            }

            return (plays[low].Role, plays[low].Block);
        }
    }

    /// <summary>A coin for each unit and period; the period is the block.</summary>
    private sealed class ByUnit(ulong seed, ComparisonDesign.Split split) : Arms
    {
        private readonly long _period = Nanos.From(split.Rotate);

        public override (TargetRole Role, int Block) Of(long at, int index, string promptId, IReadOnlyDictionary<string, string> tags)
        {
            var unit = split.By is { } tag && tags.TryGetValue(tag, out var named) ? $"{tag}={named}" : promptId;
            var period = at / _period;
            var chosen = KeyedHash.Coin(seed, "split", FormattableString.Invariant($"{period}/{unit}"), split.Candidate.Value);
            return (chosen ? TargetRole.Candidate : TargetRole.Baseline, (int)period + 1);
        }
    }

    /// <summary>Two neighbours are one request and its copy; a coin says which of them is sent first, by a few microseconds.</summary>
    private sealed class Copies(ulong seed, long block) : Arms
    {
        public override (TargetRole Role, int Block) Of(long at, int index, string promptId, IReadOnlyDictionary<string, string> tags)
        {
            var copyFirst = KeyedHash.Coin(seed, "shadow-order", FormattableString.Invariant($"{index / 2}"), 0.5);
            return ((index % 2 == 0) == copyFirst ? TargetRole.Candidate : TargetRole.Baseline, (int)(at / block) + 1);
        }
    }
}
