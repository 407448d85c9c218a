using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// What must hold of the run before its numbers may decide: an honest generator, a steady baseline, faults that happened, a whole
/// journal. Checked before any gate.
/// </summary>
internal sealed class Validity
{
    private const double LagFloor = 0.010;
    private const double LagShare = 0.05;
    private const string AchievedRate = "achieved / planned rate";
    private const double AchievedFloor = 0.98;
    private const double BusyShare = 0.9;

    private Validity(Measurements run, RunFacts facts)
    {
        Findings = [.. IsAskable(run, facts) ? [Lag(run)] : Array.Empty<Finding>(), .. Achieved(run), .. Busy(run, facts), .. Saturated(run), .. Starved(run)];
        var shards = ShardAccounts.Findings(run).ToList();
        Partial = [.. shards.Where(IsFailed).Select(finding => finding.Advice)];

        // A part that is missing was not sent either: that is the shards' doing, not that of a generator which was too slow.
        Limited = [.. Findings.Where(finding => IsFailed(finding) && (Partial.Count == 0 || finding.Objective != AchievedRate)).Select(finding => finding.Advice)];
        Findings = [.. Findings, .. shards];
        var exposures = run.Faults.Select(fault => Exposure(run, fault)).ToList();
        Unexposed = [.. exposures.Where(finding => finding.Verdict != FindingVerdict.Pass).Select(finding => finding.Advice)];
        var steady = run.Run.SteadyState.Select(objective => Steady(objective, run)).ToList();
        Unsteady = run.Faults.Count == 0 ? [] : [.. steady.Where(IsFailed).Select(finding => finding.Advice)];
        Lost = Arrivals(run);
        Findings = [.. Findings, .. exposures, .. steady];
    }

    public static Validity Of(Measurements run, RunFacts facts) => new(run, facts);

    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>The generator was the limit: nothing it measured can be held against the target.</summary>
    public IReadOnlyList<string> Limited { get; }

    /// <summary>A part of the load is not in this journal, or was not sent together with the rest.</summary>
    public IReadOnlyList<string> Partial { get; }

    /// <summary>Faults that did not happen as planned: a pass would promise what was not tried.</summary>
    public IReadOnlyList<string> Unexposed { get; }

    /// <summary>The baseline phase already broke the steady state: faults cannot be blamed or acquitted.</summary>
    public IReadOnlyList<string> Unsteady { get; }

    /// <summary>Arrivals without an outcome.</summary>
    public IReadOnlyList<string> Lost { get; }

    /// <summary>Another tool's file that holds no planned instants says nothing about how late its generator was.</summary>
    private static bool IsAskable(Measurements run, RunFacts facts) => facts.Import is null || run.Run.OpenWorkload;

    private static bool IsFailed(Finding finding) => finding.Verdict == FindingVerdict.Fail;

    private static Finding Lag(Measurements run)
    {
        var limit = Math.Max(LagFloor, LagShare * (Tightest(run.Run) ?? 0));
        var observed = run.Tally.LateBy;
        var held = observed is null || observed <= limit;
        return Precondition(run, "p99 dispatch_lag", observed, limit, "s", run.Tally.Lag.Count, held, observed is null
            ? "Nothing was sent, so that the generator was not late either."
            : held
                ? $"The generator was on time: p99 dispatch lag was {Wording.Duration(observed.Value)}, at most "
                    + $"{Wording.Duration(limit)} is allowed."
                : $"The generator was late: p99 dispatch lag was {Wording.Over(observed.Value, limit)}, at most "
                    + $"{Wording.Duration(limit)} is allowed; lower the rate or give it more CPU.");
    }

    private static IEnumerable<Finding> Achieved(Measurements run)
    {
        if (AchievedOverPlanned(run) is not { } share)
        {
            yield break;
        }

        var held = share >= AchievedFloor;
        yield return Precondition(
            run, AchievedRate, share, AchievedFloor, "share", run.Run.OwnArrivals ?? 0, held,
            $"{Wording.Percent(share)} of the planned requests were sent; {(held ? "at least" : "it takes at least")} "
                + $"{Wording.Percent(AchievedFloor)} to judge what was planned.");
    }

    private static IEnumerable<Finding> Busy(Measurements run, RunFacts facts)
    {
        if (facts.InProcess || facts.Cores is not { } cores || run.Generator.Count == 0)
        {
            yield break;
        }

        var used = Worst(run, sample => sample.ProcessCpu) / cores;
        var held = used <= BusyShare;
        yield return Precondition(
            run, "generator CPU", used, BusyShare, "share", run.Generator.Count, held,
            $"The generator used {Wording.Percent(used)} of {cores} cores; {(held ? "up to" : "at most")} "
                + $"{Wording.Percent(BusyShare)} leaves it free to be on time.");
    }

    /// <summary>A loop that is never done reads late what came in time.</summary>
    private static IEnumerable<Finding> Saturated(Measurements run)
    {
        var busy = run.Generator.Select(sample => sample.EngineBusy).OfType<double>().ToList();
        if (busy.Count == 0)
        {
            yield break;
        }

        var mean = Worst(run, sample => sample.EngineBusy);
        var held = mean <= BusyShare;
        yield return Precondition(
            run, "engine threads", mean, BusyShare, "share", busy.Count, held,
            $"The busiest engine thread had work {Wording.Percent(mean)} of the time; {(held ? "up to" : "at most")} "
                + $"{Wording.Percent(BusyShare)} leaves it free to read replies when they come{(held ? "." : "; lower the rate or give it more cores.")}");
    }

    /// <summary>The mean over the run of the busiest generator: one that was alone, or the worst of the shards.</summary>
    private static double Worst(Measurements run, Func<JournalEvent.GeneratorSample, double?> read) =>
        run.Generator.Where(sample => read(sample) is not null).GroupBy(sample => sample.Shard).Max(samples => samples.Average(read)) ?? 0;

    private static IEnumerable<Finding> Starved(Measurements run)
    {
        var errors = run.Generator.Sum(sample => sample.SocketErrors ?? 0);
        if (errors > 0)
        {
            yield return Precondition(
                run, "sockets", errors, 0, "count", run.Generator.Count, false,
                string.Create(CultureInfo.InvariantCulture, $"{errors} times this machine had no port, file handle or memory left for a connection; ")
                    + "widen net.ipv4.ip_local_port_range, raise 'ulimit -n', or keep connections alive.");
        }
    }

    private static Finding Exposure(Measurements run, FaultLog fault)
    {
        var failure = fault.Transitions.FirstOrDefault(move => move.State == FaultState.Failed && fault.InjectedAt is null);
        var why = failure?.Detail is { } detail ? $" ({detail})" : "";
        return Precondition(
            run, $"exposure of {fault.Plan.Id}", fault.Applied, fault.Plan.MinExposure, "count", fault.Eligible, fault.WasExposed,
            $"{fault.Plan.Id} touched {fault.Applied} of {fault.Eligible} eligible units{why}; at least "
                + $"{fault.Plan.MinExposure} must be touched for the run to say anything about it.")
            with { ReasonCode = fault.WasExposed ? ReasonCodes.Held : ReasonCodes.FaultsNotInjected };
    }

    private static Finding Steady(Objective objective, Measurements run) =>
        Dressing.Of(objective, FindingKinds.SteadyState, BaselineGate.Ask(objective, run), run, Phase.Baseline);

    private static List<string> Arrivals(Measurements run)
    {
        // Of a merged run whose shards are not all there, that is what its shards say.
        var planned = run.Run.Merged is { } merged && ShardAccounts.IsPartial(merged) ? null : run.Run.OwnArrivals;
        return run.Ending is { Ending: RunEnding.Completed } && planned is { } count && Planned(run) is var seen && count != seen
            ? [string.Create(CultureInfo.InvariantCulture, $"{count} requests were planned and {seen} have "
                + $"an outcome: the journal is not whole.")]
            : [];
    }

    /// <summary>Open workloads that ran to their end. Null otherwise: a stopped run was not meant to send the rest.</summary>
    public static double? AchievedOverPlanned(Measurements run) =>
        run.Ending is { Ending: RunEnding.Completed } && run.Run is { OpenWorkload: true, OwnArrivals: > 0 }
            ? (double)run.Tally.SentInPlan / run.Run.OwnArrivals : null;

    /// <summary>Turns that follow planned requests are sent when answers let them: no plan says how many.</summary>
    private static int Planned(Measurements run) => run.Run.PlannedTurns is null
        ? run.Requests.Count : run.Tally.InPlan;

    /// <summary>The shortest request latency that anything in the scenario is held to, seconds.</summary>
    private static double? Tightest(JournalEvent.RunStarted run)
    {
        var own = new[] { run.Objectives.Ttft, run.Objectives.E2e }.OfType<TimeSpan>().Select(limit => limit.TotalSeconds);
        var limits = run.Gates.Concat(run.SteadyState)
            .Where(objective => objective.LimitKind == LimitKind.Absolute && objective.Limit > 0
                && objective.Metric is MetricId.Ttft or MetricId.E2e or MetricId.TtftService or MetricId.E2eService)
            .Select(objective => objective.Limit);
        return own.Concat(limits).Select(limit => (double?)limit).Min();
    }

    internal static Finding Precondition(
        Measurements run, string what, double? observed, double limit, string unit, long samples, bool held, string advice) => new()
    {
        Objective = what,
        Kind = FindingKinds.Precondition,
        Phase = "all",
        Target = run.Candidate,
        Observed = observed,
        Limit = limit,
        Unit = unit,
        Samples = samples,
        Verdict = held ? FindingVerdict.Pass : FindingVerdict.Fail,
        ReasonCode = held ? ReasonCodes.Held : ReasonCodes.GeneratorLimited,
        Advice = advice,
    };
}
