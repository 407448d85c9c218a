using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>What a plan says of its design of comparison.</summary>
public static class DesignWords
{
    /// <summary>Of every design: what was started when.</summary>
    /// <param name="fresh">Null: block by block nothing is started anew.</param>
    public static string Starts(FreshStarts? fresh) => fresh is null
        ? "Both versions were started once, before the run, and kept warm; the warm-up phase is in no number."
        : FormattableString.Invariant($"Each version was started anew before each of its blocks, with the other one stopped, and asked {fresh.Requests} requests that no number counts.");

    /// <summary>Lines of the plan's text; none for a run of one version.</summary>
    internal static List<string> Lines(Plan plan) =>
        [.. Sentences(plan).Select((line, at) => $"{(at == 0 ? "compares" : ""),-9} {line}")];

    private static IEnumerable<string> Sentences(Plan plan)
    {
        if (plan.Scenario.Baseline is null)
        {
            yield break;
        }

        yield return plan.Scenario.Design switch
        {
            ComparisonDesign.Turns => Turns(plan.Blocks),
            ComparisonDesign.Split split => Split(split, plan),
            ComparisonDesign.Shadow => FormattableString.Invariant(
                $"mirrored: {plan.Arrivals.Count / 2} requests to the baseline, whose answers count, and a copy of each to the candidate at the same instant"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        yield return plan.Scenario.Fresh is { } fresh
            ? FormattableString.Invariant($"fresh starts: before each block a pause of {fresh.Within.TotalSeconds:0.###}s, in which the version is started anew, alone, and asked {fresh.Requests} requests that no number counts; in the place of a warm-up phase")
            : "both versions started once, before the run, and kept warm";
        if (plan.Pairs is { } limits)
        {
            yield return FormattableString.Invariant(
                $"until decided: at least {limits.Least} pairs after the warm-up, at most {limits.Most}; all of them are planned, and the run ends at a pair's end");
        }
    }

    private static string Turns(IReadOnlyList<BlockWindow> blocks)
    {
        var each = blocks.Count == 0 ? 0 : Nanos.ToSeconds(blocks[^1].End - blocks[^1].Start);
        return FormattableString.Invariant($"{blocks.Count / 2} pairs of blocks of {each:0.###}s: the versions take turns, in an order that a coin decides");
    }

    private static string Split(ComparisonDesign.Split split, Plan plan)
    {
        var mine = plan.Arrivals.Count(arrival => arrival.Role == TargetRole.Candidate);
        var unit = split.By is { } tag ? $"a {tag}" : plan.Turns is null ? "a prompt" : "a conversation";
        return FormattableString.Invariant(
            $"split: {mine} of {plan.Arrivals.Count} requests to the candidate ({split.Candidate} asked for), both at once; {unit} stays with one version for {split.Rotate.TotalSeconds:0.###}s, then it is drawn anew");
    }
}
