using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>What a person wants to know of a plan before anything is sent.</summary>
public sealed record PlanSummary
{
    public required Plan Plan { get; init; }

    /// <summary>What the scenario file asks for and only the operator grants.</summary>
    public required Authority Requested { get; init; }

    /// <summary>By target role in words, then by prompt set: planned requests (closed workload: entries of the cycle).</summary>
    public required IReadOnlyList<Slice> PromptSets { get; init; }

    /// <summary>By settings and tags, most requests first; at most <see cref="MaxCohorts"/>.</summary>
    public required IReadOnlyList<Slice> Cohorts { get; init; }

    public required IReadOnlyList<PlannedPhase> Phases { get; init; }
    public required IReadOnlyList<FaultVictims> Faults { get; init; }

    /// <summary>Sum of <c>maxTokens</c>, later turns included: no run of this plan gets more.</summary>
    public required long MaxOutputTokens { get; init; }

    /// <summary>UTF-8 bytes of all prompts, of a conversation its first. A byte-level tokenizer makes at most one token of a byte, and about one of four in plain English.</summary>
    public required long PromptBytes { get; init; }

    /// <summary>The planned rate over time; null in a closed workload.</summary>
    public LoadShape? Load { get; init; }

    public const int MaxCohorts = 60;
    public const int ShownVictims = 20;

    /// <param name="Name">For example <c>prompts=tickets</c>, <c>temperature=0.7</c>, <c>mutator=bidi</c>.</param>
    public sealed record Slice(string Name, int Requests);

    /// <param name="Requests">Planned in the phase; null in a closed workload, where the answers decide.</param>
    public sealed record PlannedPhase(PhaseWindow Window, int? Requests)
    {
        public double? RatePerSecond => Requests / Nanos.ToSeconds(Window.End - Window.Start);
    }

    /// <param name="Victims">Request ids, the first <see cref="ShownVictims"/>; null when they exist only at run time.</param>
    /// <param name="Count">Of all victims.</param>
    /// <param name="Eligible">Requests about which the coin is tossed.</param>
    /// <param name="Rule">How victims are chosen, one sentence.</param>
    public sealed record FaultVictims(PlannedFault Fault, IReadOnlyList<string>? Victims, int? Count, int? Eligible, string Rule);

    /// <param name="catalogue">To tell the scope of faults; an unknown kind counts as chosen at run time.</param>
    public static PlanSummary Of(Plan plan, Authority requested, IReadOnlyList<FaultKind> catalogue)
    {
        var isOpen = plan.Scenario.Workload is Workload.Open;
        var totals = PlanTotals.Of(plan);
        return new PlanSummary
        {
            Plan = plan,
            Requested = requested,
            PromptSets = Slices(totals.Cohorts.Select(cohort => (cohort.Key.Prompts, cohort.Value))),
            Cohorts = Slices(totals.Cohorts.SelectMany(cohort => CohortNames(cohort.Key).Select(name => (name, cohort.Value)))).Take(MaxCohorts).ToList(),
            Phases = plan.Phases.Select(phase => new PlannedPhase(phase, isOpen ? totals.Phases.GetValueOrDefault(phase.Phase) : null)).ToList(),
            Faults = plan.Faults.Select(fault => VictimsOf(plan, fault, catalogue.FirstOrDefault(kind => kind.Name == fault.Fault.Kind), isOpen)).ToList(),
            MaxOutputTokens = totals.MaxOutputTokens,
            Load = isOpen ? LoadShape.Of(plan) : null,
            PromptBytes = totals.PromptBytes,
        };
    }

    private static List<Slice> Slices(IEnumerable<(string Name, int Requests)> parts) => parts.GroupBy(part => part.Name, StringComparer.Ordinal)
        .Select(slice => new Slice(slice.Key, slice.Sum(part => part.Requests)))
        .OrderByDescending(slice => slice.Requests).ThenBy(slice => slice.Name, StringComparer.Ordinal).ToList();

    private static IEnumerable<string> CohortNames(Cohort cohort)
    {
        yield return FormattableString.Invariant($"temperature={cohort.Temperature:R}");
        yield return FormattableString.Invariant($"maxTokens={cohort.MaxTokens}");
        yield return cohort.Stream ? "stream=true" : "stream=false";
        yield return FormattableString.Invariant($"batch={cohort.Batch}");
        yield return cohort.Role == PromptRole.Canary ? "role=canary" : "role=traffic";
        foreach (var (key, value) in cohort.Tags)
        {
            yield return $"{key}={value}";
        }
    }

    private static FaultVictims VictimsOf(Plan plan, PlannedFault fault, FaultKind? kind, bool isOpen)
    {
        if (kind is null || !PlannedVictims.AreRequests(kind.Scope) || !isOpen || fault.Fault is { Schedule.After: not null } or { Pauses: true })
        {
            return new FaultVictims(fault, null, null, null, "at run time: " + RuleOf(plan, fault, kind?.Scope));
        }

        var isInput = InputFaults.Handles(fault.Fault.Kind);
        var (eligible, hit, shown) = (0, 0, new List<string>());
        foreach (var arrival in plan.Arrivals)
        {
            var isEligible = PlannedVictims.IsEligible(fault, arrival);
            eligible += isEligible ? 1 : 0;
            if (isInput ? arrival.InputFaults.Contains(fault.Fault.Id) : isEligible && fault.Hits(plan.Seed, arrival.Key, arrival.At))
            {
                hit++;
                if (shown.Count < ShownVictims)
                {
                    shown.Add(arrival.RequestId);
                }
            }
        }

        var rule = fault.Fault.Schedule.Nth.Count > 0
            ? "numbered in the order of the plan"
            : $"coin hash64(seed, fault id, what was drawn) below {(fault.Fault.Schedule.Ramp is { IsOfShare: true } ? "the share at its planned time" : fault.Fault.Share)}";
        var later = plan.Turns is null ? "" : "; turns that follow are chosen by it when they are due";
        return new FaultVictims(fault, shown, hit, eligible, isInput
            ? $"in the plan: {rule}, canaries spared{later}" : $"{rule}, among requests that reach it in the window, canaries spared{later}");
    }

    private static string RuleOf(Plan plan, PlannedFault fault, FaultScope? scope)
    {
        if (NodeVictims.WordsFor(plan.Scenario, fault.Fault) is { } outside)
        {
            return outside;
        }

        if (scope == FaultScope.Replica)
        {
            // No coin: an injector takes exactly one replica of each target.
            var each = plan.Scenario.Baseline is null ? "" : " of each target";
            return fault.Fault.Select.TryGetValue("replica", out var replica)
                ? $"replica {replica}{each}, as selected"
                : $"one replica{each}, chosen by the seed when it acts";
        }

        return scope == FaultScope.Request
            ? $"each request in the window whose coin hash64(seed, fault id, what was drawn) falls below {fault.Fault.Share}, canaries spared"
            : $"each unit in the window whose coin hash64(seed, fault id, unit) falls below {fault.Fault.Share}";
    }
}
