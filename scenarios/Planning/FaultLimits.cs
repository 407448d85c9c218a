using System.Globalization;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>What the faults of a plan come to, held against the scenario's blast radius. Nothing has been sent when this speaks.</summary>
public static class FaultLimits
{
    /// <summary>One line for each ceiling that the plan exceeds and each fault that can hit nobody; empty when all is within.</summary>
    public static IReadOnlyList<string> Refusals(Plan plan)
    {
        if (plan.Faults.Count == 0)
        {
            return [];
        }

        var (radius, overlap) = (plan.Scenario.BlastRadius, new FaultOverlap(plan));
        var refusals = new List<string>(plan.Faults.Select(fault => NobodyFor(plan, fault)).OfType<string>());
        if (radius.Share is { } share && overlap.Share is { } hit && hit.Value > share.Value)
        {
            refusals.Add($"{Together(hit)}: share {hit.Sum} > {share} (blastRadius.share); move or shorten one of them, lower a share, or raise the ceiling");
        }

        if (radius.Replicas is { } most && overlap.Replicas is { } lost && lost.Value > most)
        {
            refusals.Add(Invariant($"{Together(lost)}: replicas {lost.Sum} > {most} (blastRadius.replicas); move or shorten one of them, or raise the ceiling"));
        }

        if (radius.Duration is { } longest && overlap.Duration > Nanos.From(longest))
        {
            refusals.Add(Invariant($"faults act for {Nanos.ToSeconds(overlap.Duration):0.###}s in all > {longest.TotalSeconds:0.###}s (blastRadius.duration); shorten or overlap them, or raise the ceiling"));
        }

        refusals.AddRange(Costs(plan, radius));
        return refusals;
    }

    /// <summary>The sums and the ceilings, for people; empty without faults.</summary>
    public static IEnumerable<string> Lines(Plan plan)
    {
        if (plan.Faults.Count == 0)
        {
            yield break;
        }

        var (radius, overlap) = (plan.Scenario.BlastRadius, new FaultOverlap(plan));
        if (overlap.Share is { } share)
        {
            yield return Invariant($"requests at most {share.Sum} at {Seconds(share.At)} ({Of(radius.Share?.ToString())})");
        }

        if (overlap.Replicas is { } replicas)
        {
            yield return Invariant($"replicas at most {replicas.Sum} at {Seconds(replicas.At)} ({Of(radius.Replicas is { } most ? Invariant($"{most}") : null)})");
        }

        yield return Invariant($"duration {Seconds(overlap.Duration)} ({Of(radius.Duration is { } longest ? Seconds(Nanos.From(longest)) : null)})");
        if (radius.Tokens is { } tokens)
        {
            yield return Invariant($"tokens   at most {OutputTokens(plan):N0} out (ceiling {tokens:N0})");
        }

        if (radius.Cost is { } cost)
        {
            yield return Invariant($"cost     at most {CostOf(plan):0.####} (ceiling {cost:0.####})");
        }
    }

    private static IEnumerable<string> Costs(Plan plan, BlastRadius radius)
    {
        if (radius.Tokens is { } tokens && OutputTokens(plan) is var planned && planned > tokens)
        {
            yield return Invariant($"the plan may ask for {planned:N0} output tokens > {tokens:N0} (blastRadius.tokens); lower the rate, maxTokens or the phases, or raise the ceiling");
        }

        if (radius.Cost is { } cost && CostOf(plan) is var sum && sum > cost)
        {
            yield return Invariant($"the plan may cost {sum:0.####} > {cost:0.####} (blastRadius.cost); lower the rate, maxTokens or the phases, or raise the ceiling");
        }
    }

    /// <summary>A fault on requests whose windows, numbers and selection leave it none, as far as the plan can know.</summary>
    private static string? NobodyFor(Plan plan, PlannedFault fault)
    {
        if (plan.Scenario.Workload is Workload.Closed && fault.Fault.Schedule.Nth.Count > 0)
        {
            return Invariant($"{fault.Fault.Id} ({fault.Fault.Kind}) wants numbered requests, and those of a closed workload have no numbers before it ends; use an open workload, or share: instead of nth:");
        }

        if (plan.Scenario.Workload is not Workload.Open || !PlannedVictims.AreRequests(fault.Fault.Scope) || fault.Fault.Schedule.After is not null)
        {
            return null;
        }

        // Most faults meet their first request soon, and a plan may hold millions.
        if (plan.Arrivals.Any(arrival => PlannedVictims.IsEligible(fault, arrival)))
        {
            return fault.Fault.Schedule.Nth.Count > 0 && fault.Chosen is { Count: 0 }
                ? Invariant($"{fault.Fault.Id} ({fault.Fault.Kind}) can hit {plan.Arrivals.Count(arrival => PlannedVictims.IsEligible(fault, arrival))} requests, and none of them has the number {string.Join(" or ", fault.Fault.Schedule.Nth)}; write a smaller nth:, or lengthen for:")
                : null;
        }

        var within = plan.Arrivals.Count(arrival => fault.ActsAt(arrival.At));
        var why = within == 0 ? "none is planned in its windows; lengthen for:, or raise the rate"
            : fault.Fault.Select.TryGetValue("prompts", out var set)
            ? $"none of the {within} in its windows is of the prompt set {set} and within its reach; select another set, or give it more weight"
            : fault.Fault.Scope == FaultScope.Stream ? $"none of the {within} in its windows is streamed; write stream: true in the mix"
            : $"the {within} in its windows are canaries or have a raw body, which are spared; add other prompts to the mix";
        return $"{fault.Fault.Id} ({fault.Fault.Kind}) can hit no request: {why}";
    }

    private static long OutputTokens(Plan plan) => plan.Arrivals.Sum(arrival => (long)arrival.Sampling.MaxTokens);

    /// <summary>An upper bound: a byte-level tokenizer makes at most one token of a byte.</summary>
    private static double CostOf(Plan plan) => plan.Arrivals.Sum(arrival =>
        (arrival.Role == TargetRole.Baseline ? plan.Scenario.Baseline : plan.Scenario.Candidate) is Target.OpenAi { Budget: var prices }
            ? ((PromptBytes(arrival) * prices.InputPrice) + (arrival.Sampling.MaxTokens * prices.OutputPrice)) / 1e6
            : 0);

    private static double PromptBytes(Arrival arrival) => arrival.Prompt.RawBody?.Length
        ?? arrival.Prompt.Messages.Sum(message => (double)System.Text.Encoding.UTF8.GetByteCount(message.Content));

    private static string Together(FaultPeak peak) => Invariant(
        $"{peak.Faults.Count} {(peak.Faults.Count == 1 ? "fault acts" : "faults overlap")} at {Seconds(peak.At)} ({string.Join(", ", peak.Faults)})");

    private static string Of(string? ceiling) => ceiling is null ? "no ceiling" : "ceiling " + ceiling;

    private static string Seconds(long nanos) => Invariant($"{Nanos.ToSeconds(nanos):0.###}s");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
