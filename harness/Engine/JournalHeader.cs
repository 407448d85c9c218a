using ChaosBench.Chaos;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>Makes the first line of the journal from the plan: what the reports need to be rebuilt from the journal alone.</summary>
public static class JournalHeader
{
    /// <param name="toolVersion">Of whoever writes the journal.</param>
    /// <param name="shard">Null: the whole plan is walked.</param>
    public static JournalEvent.RunStarted For(Plan plan, DateTimeOffset started, string toolVersion, Shard? shard = null) => new()
    {
        At = 0,
        Schema = JournalFile.CurrentSchema,
        ToolVersion = toolVersion,
        StartedUtc = started,
        Scenario = plan.Scenario.Name,
        Seed = plan.Seed,
        PlanSha256 = plan.Sha256,
        OpenWorkload = plan.Scenario.Workload is Workload.Open,
        Phases = plan.Phases,
        Faults = [.. plan.Faults.Select(fault => Info(fault, plan.Scenario))],
        Targets = TargetNames(plan.Scenario),
        Objectives = plan.Scenario.Objectives,
        SteadyState = plan.Scenario.SteadyState,
        Gates = plan.Scenario.Gates,
        OutputPrice = plan.Scenario.Candidate is Target.OpenAi { Budget.OutputPrice: > 0 and var price } ? (double)price : null,
        Prices = plan.Scenario.Prices is not { } prices ? null : new SortedDictionary<string, Prices>(StringComparer.Ordinal)
        {
            ["candidate"] = prices with { Baseline = null }, ["baseline"] = prices.Baseline ?? prices with { Baseline = null },
        },
        PlannedArrivals = plan.Scenario.Workload is Workload.Open ? plan.Arrivals.Count : null,
        PlannedTurns = plan.Turns?.Total,
        Pairs = plan.Pairs,
        Fresh = plan.Scenario.Fresh,
        Sharing = plan.Scenario switch
        {
            { Baseline: null } => null,
            { Design: ComparisonDesign.Split split } => new TrafficSharing(SharingKind.Split, split.Candidate.Value, split.Rotate.TotalSeconds),
            { Design: ComparisonDesign.Shadow } => new TrafficSharing(SharingKind.Shadow),
            _ => null,
        },
        ServedHere = IsServedHere(plan.Scenario) ? true : null,
        Telemetry = plan.Scenario.Telemetry is { } telemetry ? new TelemetryInfo(telemetry.TraceContext, telemetry.Sample.Value) : null,
        PlannedPerSecond = plan.Scenario.Workload is Workload.Open ? PerSecond(plan, shard) : [],
        Shard = shard is null ? null : new ShardInfo(shard.Number, shard.Of, plan.Scenario.Workload is Workload.Open ? shard.CountOf(plan) : null),
    };

    private static PlannedFaultInfo Info(PlannedFault planned, Scenario scenario)
    {
        var fault = planned.Fault;
        var kind = FaultCatalogue.Find(fault.Kind)
            ?? throw new InvalidOperationException($"validation let an unknown fault through: {fault.Kind}");
        return new PlannedFaultInfo(
            fault.Id, fault.Kind, kind.Vantage, kind.Scope, NodeVictims.ActsOutside(scenario, fault) ? Fidelity.Real : FidelityOf(kind, scenario), fault.Share.Value, planned.Start, planned.End,
            fault.DetectedWithin?.TotalSeconds, fault.RecoveredWithin?.TotalSeconds, fault.MinExposure);
    }

    /// <summary>
    /// The catalogue knows a fault, not what it hits: losing a replica is a stand-in where replicas are threads, and the thing itself where
    /// each of them is a process.
    /// </summary>
    internal static Fidelity FidelityOf(FaultKind kind, Scenario scenario)
    {
        Target?[] targets = [scenario.Candidate, scenario.Baseline];
        return kind.Name is "node.kill" or "node.flap" && targets.OfType<Target.Onnx>().All(target => target.Isolation == ReplicaIsolation.Process)
            ? Fidelity.Real
            : kind.Fidelity;
    }

    /// <summary>A worker process or a database counts as somebody else on the machine, and works more for a version that asks more of it.</summary>
    private static bool IsServedHere(Scenario scenario)
    {
        Target?[] targets = [scenario.Candidate, scenario.Baseline];
        return targets.OfType<Target>().All(target => target is Target.Onnx { Isolation: ReplicaIsolation.Task, ContextStore: null or { Postgres: null } });
    }

    private static Dictionary<string, string> TargetNames(Scenario scenario)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal) { ["candidate"] = scenario.Candidate.Name };
        if (scenario.Baseline is { } baseline)
        {
            names["baseline"] = baseline.Name;
        }

        return names;
    }

    private static int[] PerSecond(Plan plan, Shard? shard)
    {
        var buckets = new int[Math.Max(1, (int)((plan.End + Nanos.PerSecond - 1) / Nanos.PerSecond))];
        foreach (var arrival in plan.Arrivals)
        {
            if (shard?.Owns(plan, arrival) != false)
            {
                buckets[Math.Min(arrival.At / Nanos.PerSecond, buckets.Length - 1)]++;
            }
        }

        return buckets;
    }
}
