using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>What a plan says of its design of comparison.</summary>
public static class DesignWords
{
    /// <summary>Lines of the plan's text; none for a run of one version.</summary>
    internal static List<string> Lines(Plan plan) =>
        [.. Sentences(plan.Scenario, plan.Blocks, plan.Pairs).Select((line, at) => $"{(at == 0 ? "compares" : ""),-9} {line}")];

    private static IEnumerable<string> Sentences(Scenario scenario, IReadOnlyList<BlockWindow> blocks, PairLimits? limits)
    {
        if (scenario.Baseline is null)
        {
            yield break;
        }

        var pairs = blocks.Count / 2;
        var each = pairs == 0 ? 0 : Nanos.ToSeconds(blocks[^1].End - blocks[^1].Start);
        yield return FormattableString.Invariant(
            $"{pairs} pairs of blocks of {each:0.###}s, the versions in turns, in an order that a coin decides; both started once and kept warm");
        if (limits is not null)
        {
            yield return FormattableString.Invariant(
                $"until decided: at least {limits.Least} pairs after the warm-up, at most {limits.Most}; all of them are planned, and the run ends at a pair's end");
        }
    }
}
