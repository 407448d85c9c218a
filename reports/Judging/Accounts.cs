using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Judging;

/// <summary>The parts of a summary that are counted rather than judged.</summary>
internal static class Accounts
{
    /// <summary><c>arrivals</c>, then every outcome, also those that did not happen: a count of zero is a count.</summary>
    public static IReadOnlyDictionary<string, long> Counts(Measurements run)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal) { ["arrivals"] = run.Requests.Count };
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            counts[Kebab.Of(outcome)] = run.Tally.Outcomes.GetValueOrDefault(outcome);
        }

        return counts;
    }

    public static GeneratorSummary Generator(Measurements run, Validity validity)
    {
        var samples = run.Generator;
        return new GeneratorSummary(
            run.Tally.Lag,
            Validity.AchievedOverPlanned(run),
            samples.Count == 0 ? null : samples.Sum(sample => Nanos.ToSeconds(sample.GcPause)) / samples.Count,
            samples.Count == 0 ? null : samples.Average(sample => sample.ProcessCpu),
            validity.Limited);
    }

    public static FaultSummary Fault(FaultLog fault) => new()
    {
        Id = fault.Plan.Id,
        Fault = fault.Plan.Kind,
        Vantage = Kebab.Of(fault.Plan.Vantage),
        Scope = Kebab.Of(fault.Plan.Scope),
        Fidelity = Kebab.Of(fault.Plan.Fidelity),
        Start = Nanos.ToSeconds(fault.InjectedAt ?? fault.Plan.Start),
        End = Nanos.ToSeconds(fault.ClearedAt ?? fault.Plan.End),
        Eligible = fault.Eligible,
        Selected = fault.Selected,
        Applied = fault.Applied,
        Bypassed = fault.Bypassed,
        TimeToImpact = fault.Recovery.TimeToImpact,
        TimeToDetect = fault.Recovery.TimeToDetect,
        DetectedAfterInjection = fault.Recovery.DetectedAfterInjection,
        DetectedBy = fault.Recovery.DetectedBy,
        DetectionShared = fault.Recovery.DetectionShared is { Count: > 0 } shared ? shared : null,
        TimeToMitigate = fault.Recovery.TimeToMitigate,
        TimeToRecover = fault.Recovery.TimeToRecover,
        ResidualRecovery = fault.Recovery.ResidualRecovery,
        Censored = fault.Recovery.Censored,
        InjectionLag = fault.Recovery.InjectionLag,
        MitigatedBy = fault.Recovery.MitigatedBy,
        TimeToMitigationReport = fault.Recovery.TimeToMitigationReport,
        UndetectedFor = fault.Recovery.UndetectedFor,
        NotMitigatedFor = fault.Recovery.NotMitigatedFor,
        NotRecoveredFor = fault.Recovery.NotRecoveredFor,
        DetectedByKind = fault.Recovery.DetectedBy is { } by ? FaultAccounts.KindOf(by) : null,
        Impact = FaultAccounts.Of(fault.Impact, fault.Plan.Share),
        Canaries = FaultAccounts.Of(fault.Canaries),
        Window = fault.InjectedAt is null ? null : fault.Recovery.Window,
        Hold = fault.InjectedAt is null ? null : fault.Recovery.Hold,
        State = fault.State is { } state ? Kebab.Of(state) : fault.Applied > 0 ? "active" : "planned",
    };
}
