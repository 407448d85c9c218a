using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>One item of <c>scenarios:</c>.</summary>
internal static class ScenarioKeys
{
    private static readonly Kind<Target> TargetName = new ReferenceTo<Target>(static reading => reading.Targets, "target");

    public static readonly Key<string> Name =
        new("name", Scalars.Name, "Unique in the file; names the run folder. Left out: scenario-1, scenario-2, ...")
            { Example = "steady-load" };
    private static readonly Key<string> Description =
        new("description", Scalars.Text, "What this scenario is for, for the report.") { Example = "Steady load, no faults" };
    private static readonly Key<Target> OneTarget =
        new("target", TargetName, "Name of the target under judgement. Left out: the only one.") { Example = "candidate" };

    private static readonly Key<Target> Baseline = new("baseline", TargetName, "The version to compare with.")
        { Example = "stable" };
    private static readonly Key<Target> Candidate = new("candidate", TargetName, "The version under judgement.")
        { Required = true, Example = "candidate" };

    private static readonly Table<Arms> ArmsTable = new(
        "arms", "the targets of a scenario", "Two targets, interleaved on the same prompts and gaps.", [Baseline, Candidate],
        keys => new Arms(keys.Get(Candidate), keys.Find(Baseline)));

    private static readonly Key<Arms> TwoTargets = new(
        "targets", ArmsTable, "An interleaved A/B run: { baseline: NAME, candidate: NAME }.")
        { Example = "{ baseline: stable, candidate: candidate }" };

    private static readonly Key<Workload> Load = new(
        "workload", WorkloadKeys.Kind, "open: arrivals whatever the target does. closed: clients that wait. Or a bare rate.")
        { Example = "{ open: { arrivals: poisson, rate: 40/s } }" };

    private static readonly Key<IReadOnlyList<MixEntry>> Mix = new(
        "mix", new ListOf<MixEntry>(MixKeys.Kind, "lines of the mix", 1, 100),
        "What is asked, by weight. Left out: the only prompt set.")
        { Example = "[{ prompts: tickets, weight: 80 }]" };

    private static readonly Key<TimeSpan> WarmUp = new("warmUp", Scalars.Duration, "Excluded from every metric.")
        { Default = "2s" };
    private static readonly Key<TimeSpan> BaselinePhase =
        new("baseline", Scalars.Duration, "Without faults: what normal looks like.") { Default = "10s" };
    private static readonly Key<TimeSpan> FaultPhase =
        new("fault", Scalars.Duration, "While faults act. Left out: 10s with faults, else 0s.") { Example = "10s" };
    private static readonly Key<TimeSpan> Recovery =
        new("recovery", Scalars.Duration, "After the faults. Left out: 10s with faults, else 0s.") { Example = "10s" };

    private static readonly Table<PhaseLines> PhasesTable = new(
        "phases", "phases", "Durations of the phases, run in this order; 0s leaves one out.",
        [WarmUp, BaselinePhase, FaultPhase, Recovery],
        keys => new PhaseLines(keys.Get(WarmUp), keys.Get(BaselinePhase), keys.Maybe(FaultPhase), keys.Maybe(Recovery)));

    private static readonly Key<PhaseLines> Phases = new(
        "phases", PhasesTable, "Durations of the phases, run in this order; 0s leaves one out.")
        { Default = "{}", Example = "{ warmUp: 2s, baseline: 20s, fault: 10s, recovery: 10s }" };

    private static readonly Key<IReadOnlyList<IReadOnlyList<FaultLine>>> Faults = new(
        "faults", new ListOf<IReadOnlyList<FaultLine>>(new FaultItem(), "faults", most: 100), "What goes wrong, when, and for whom.")
        { Default = "[]", Example = "[{ fault: node.kill }]" };

    private static readonly Key<TimeSpan> Drain =
        new("drain", Scalars.Duration, "Longest wait for outstanding requests after the last phase.") { Default = "30s" };

    private static readonly Key<string> Golden = new(
        "golden", Scalars.Path, "Folder of a golden snapshot (chaosbench golden record) that answers are compared with, relative to this file's folder.")
        { Example = "goldens/triage" };

    private static readonly Key<string> Reference = new(
        "reference", Scalars.Path, "Folder of an earlier run whose prompts and answers gates 'drift of outputs within reference' hold these against, relative to this file's folder.")
        { Example = "runs/latest" };

    public static Table<Scenario?> Table { get; } = new(
        "scenario", "a scenario", "One experiment: what traffic, what faults and what must hold.",
        [
            Name, Description, OneTarget, TwoTargets, WorkloadKeys.Rate, Load, Mix, Phases, Faults, BlastRadiusKeys.Radius, ObjectiveKeys.PerRequest, DetectionKeys.Sources,
            ObjectiveKeys.SteadyState, ObjectiveKeys.Abort, ObjectiveKeys.Gates, ComparisonKeys.UntilDecided, ComparisonKeys.Split, ComparisonKeys.Shadow, ComparisonKeys.Starts, Golden, Reference, JudgeKeys.Judge, PriceKeys.Prices, Drain, ClientPolicyKeys.Policy, TelemetryKeys.Telemetry,
        ],
        Read);

    /// <summary>Null when something is wrong; the name is empty when it is left out.</summary>
    private static Scenario? Read(KeyReader keys)
    {
        var name = keys.Find(Name) ?? "";
        var description = keys.Find(Description);
        var arms = ReadArms(keys);
        var workload = ReadWorkload(keys);
        var mix = ReadMix(keys, workload);
        var faultLines = FaultsFor(arms, keys.Get(Faults));
        var phases = keys.Get(Phases)?.With(hasFaults: faultLines is { Count: > 0 });
        var objectives = keys.Get(ObjectiveKeys.PerRequest);
        var steadyState = keys.Get(ObjectiveKeys.SteadyState);
        var abort = keys.Get(ObjectiveKeys.Abort);
        var gates = keys.Get(ObjectiveKeys.Gates);
        var budget = keys.Find(ComparisonKeys.UntilDecided);
        var design = ComparisonKeys.DesignOf(keys);
        var starts = keys.Get(ComparisonKeys.Starts);
        var golden = keys.Find(Golden);
        var reference = keys.Find(Reference);
        var judge = keys.Find(JudgeKeys.Judge);
        var prices = keys.Find(PriceKeys.Prices);
        var drain = keys.Get(Drain);
        var radius = keys.Get(BlastRadiusKeys.Radius);
        var detections = keys.Get(DetectionKeys.Sources);
        var policy = keys.Find(ClientPolicyKeys.Policy);
        var telemetry = keys.Find(TelemetryKeys.Telemetry);
        if (phases is not null && phases.Total - phases.WarmUp <= TimeSpan.Zero)
        {
            keys.Report(Phases, "nothing is measured: every phase after the warm-up is 0s", "write baseline: 10s or more");
        }

        if (workload is Workload.Closed)
        {
            CheckClosed(keys, arms, mix);
        }

        if (workload is Workload.Open { Arrivals: ArrivalProcess.Replay })
        {
            CheckBatches(keys, mix, "in a replay: each of its instants is one recorded request", "remove batch:");
        }

        // Targets and prompts that are broken or missing were reported where they should stand.
        if (!keys.IsSound || arms is null || workload is null || mix is null || phases is null)
        {
            return null;
        }

        var scenario = new Scenario
        {
            Name = name,
            Description = description,
            Candidate = arms.Candidate,
            Baseline = arms.Baseline,
            Workload = workload,
            Mix = mix,
            Phases = phases,
            Faults = FaultTimes.Place(faultLines!, phases, keys.Reading),
            Objectives = objectives,
            SteadyState = [.. steadyState.Select(placed => placed.Value)],
            Abort = abort,
            Gates = [.. gates.Select(placed => placed.Value)],
            UntilDecided = budget,
            Design = design,
            Fresh = starts.Fresh,
            Golden = golden,
            Reference = reference,
            Judge = judge,
            Prices = prices,
            Drain = drain,
            BlastRadius = radius,
            ClientPolicy = policy,
            Telemetry = telemetry,
        };
        BlastRadiusKeys.Check(keys, radius, workload, [.. new[] { arms.Candidate, arms.Baseline }.OfType<Target>()]);
        scenario = scenario with { Detections = DetectionKeys.Check(keys, detections, scenario.Faults) };
        ComparisonKeys.Check(keys, scenario);
        ScenarioChecks.Check(scenario, faultLines!, [.. steadyState, .. gates], keys.Reading);
        return scenario;
    }

    private static Arms? ReadArms(KeyReader keys)
    {
        var arms = keys.Find(TwoTargets);
        var one = keys.Find(OneTarget);
        if (keys.Has(TwoTargets))
        {
            if (keys.Has(OneTarget))
            {
                keys.Report(OneTarget, "target: beside targets:", "keep one of them");
            }

            return arms;
        }

        if (keys.Has(OneTarget))
        {
            return one is null ? null : new Arms(one, null);
        }

        if (keys.Reading.Targets.Names is { Count: not 1 } names)
        {
            if (names.Count > 1)
            {
                keys.Reading.Report(keys.Place, "the scenario does not say which target it judges",
                    $"add target: {Shown.Or(names)}");
            }

            return null;
        }

        return keys.Reading.Targets.Only(keys.Reading) is { } only ? new Arms(only, null) : null;
    }

    /// <summary>Presets leave out what these targets cannot carry, where they say so.</summary>
    private static List<FaultLine>? FaultsFor(Arms? arms, IReadOnlyList<IReadOnlyList<FaultLine>>? items) => items?.SelectMany(lines => lines)
        .Where(line => arms is null || FaultItem.Fits(line, [.. new[] { arms.Candidate, arms.Baseline }.OfType<Target>()])).ToList();

    private static Workload? ReadWorkload(KeyReader keys)
    {
        var workload = keys.Find(Load);
        var rate = keys.Maybe(WorkloadKeys.Rate);
        if (keys.Has(Load) && keys.Has(WorkloadKeys.Rate))
        {
            keys.Report(WorkloadKeys.Rate, "rate: beside workload:", "keep one of them");
        }
        else if (!keys.Has(Load) && !keys.Has(WorkloadKeys.Rate))
        {
            keys.Reading.Report(keys.Place, "the scenario has no workload", "add rate: 10/s");
        }

        return rate is { } perSecond && !keys.Has(Load) ? new Workload.Open(new ArrivalProcess.Poisson(perSecond)) : workload;
    }

    /// <summary>What needs planned instants: two arms at the same ones, and batches that share one.</summary>
    private static void CheckClosed(KeyReader keys, Arms? arms, IReadOnlyList<MixEntry>? mix)
    {
        if (arms?.Baseline is not null)
        {
            keys.Report(TwoTargets, "an A/B run in a closed workload: its two arms would not get the same arrivals",
                "write workload: { open: 20/s }, or one target:");
        }

        CheckBatches(keys, mix, "in a closed workload: its clients ask one request at a time", "remove batch:, and raise clients: instead");
    }

    private static void CheckBatches(KeyReader keys, IReadOnlyList<MixEntry>? mix, string wrong, string right)
    {
        var lines = (keys.NodeOf(Mix) as ListNode)?.Items ?? [];
        foreach (var (node, _) in lines.Zip(mix ?? []).Where(line => line.Second.Batch.Any(size => size > 1)))
        {
            keys.Reading.Report((node as MapNode)?.Find("batch")?.Place ?? node.Place, $"a batch {wrong}", right);
        }
    }

    private static IReadOnlyList<MixEntry>? ReadMix(KeyReader keys, Workload? workload)
    {
        if (keys.Has(Mix))
        {
            return keys.Get(Mix);
        }

        if (workload is Workload.Open { Arrivals: ArrivalProcess.Replay { Trace: { } trace } })
        {
            return [MixKeys.Of(trace)];
        }

        var sets = keys.Reading.Prompts;
        if (sets.Names.Count > 1)
        {
            keys.Reading.Report(keys.Place, "the scenario does not say what it asks",
                $"add mix: [{{ prompts: {sets.Names.First()} }}]");
            return null;
        }

        return sets.Only(keys.Reading) is { } only ? [MixKeys.Of(only)] : null;
    }

    private sealed record Arms(Target Candidate, Target? Baseline);

    private sealed record PhaseLines(TimeSpan WarmUp, TimeSpan Baseline, TimeSpan? Fault, TimeSpan? Recovery)
    {
        public PhaseDurations With(bool hasFaults)
        {
            var otherwise = hasFaults ? TimeSpan.FromSeconds(10) : TimeSpan.Zero;
            return new PhaseDurations(WarmUp, Baseline, Fault ?? otherwise, Recovery ?? otherwise);
        }
    }
}
