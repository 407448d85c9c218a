using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Writers.Postmortem;

/// <summary>The parts of the story that go fault by fault: in short, noticed, healed, asked.</summary>
internal static class PostmortemFaults
{
    /// <summary>One fault in three sentences: when and whom it hit, what users felt, who noticed and when it was over.</summary>
    public static Said InShort(FaultLog fault, Measurements run)
    {
        var recovery = fault.Recovery;
        var began = PostmortemDraft.Clock(run.Run.StartedUtc, fault.InjectedAt!.Value);
        var lasted = fault.ClearedAt is { } cleared ? $"for {Wording.Duration(Nanos.ToSeconds(cleared - fault.InjectedAt.Value))}" : "to the end of the run";
        var met = $"{PostmortemDraft.Count(fault.Applied)} of {PostmortemDraft.Count(fault.Eligible)} eligible units";
        var felt = recovery.ImpactAt is null ? "No window left the steady state."
            : $"{PostmortemDraft.Count(fault.Impact?.Bad ?? 0)} of {PostmortemDraft.Count(fault.Impact?.Offered ?? 0)} requests went bad until it was over.";
        var seen = recovery.DetectedBy is { } by
            ? $"{by} noticed it {Wording.Duration(recovery.DetectedAfterInjection ?? 0)} after the injection"
            : FirstNote(fault, run) is { } after ? $"No system noticed it; a person wrote a note {Wording.Duration(after)} after the injection" : "Nobody noticed it";
        var over = recovery switch
        {
            { ImpactAt: null } => "",
            { ResidualRecovery: { } residual } => $"; the steady state was back {Wording.Duration(residual)} after it was lifted",
            { Censored: { } watched } => $"; {Wording.Duration(watched)} after it was lifted the steady state was not back",
            _ => "; it never saw its end",
        };
        return Said.Of($"At {began} UTC {Said.Name(fault.Plan.Id)} ({fault.Plan.Kind}, {Kebab.Of(fault.Plan.Fidelity)}) hit {met} {lasted}. {felt} {seen}{over}.");
    }

    /// <summary>Seconds from the injection to the first note that was written before the next fault came; null: there is none.</summary>
    private static double? FirstNote(FaultLog fault, Measurements run)
    {
        var from = fault.InjectedAt ?? 0;
        var until = run.Faults.Where(other => other.InjectedAt > from).Select(other => other.InjectedAt!.Value).DefaultIfEmpty(long.MaxValue).Min();
        return run.Notes.Where(note => note.At >= from && note.At < until).Select(note => (double?)Nanos.ToSeconds(note.At - from)).Min();
    }

    public static DraftSection Noticed(IReadOnlyList<FaultLog> faults, Measurements run) => new("Who noticed, and when",
    [
        new DraftBlock.Grid("Detection", ["fault", "by", "#after the injection", "#after users felt it", "#promised", "also about"],
        [
            .. faults.Take(PostmortemDraft.MostLines).Select(fault => (IReadOnlyList<Said>)
            [
                Said.Of($"{Said.Name(fault.Plan.Id)}"),
                Said.Plain(fault.Recovery.DetectedBy ?? (FirstNote(fault, run) is { } after ? $"nobody; a note {Wording.Duration(after)} after" : "nobody")),
                Said.Plain(Wording.Censored(fault.Recovery.DetectedAfterInjection, fault.Recovery.UndetectedFor)),
                Said.Plain(fault.Recovery.ImpactAt is null ? "they did not" : Wording.Censored(fault.Recovery.TimeToDetect, fault.Recovery.UndetectedFor)),
                Said.Plain(fault.Plan.DetectedWithin is { } within ? $"{Wording.Duration(within)}: {Kept(fault.Recovery.DetectedAfterInjection, within)}" : "nothing"),
                Said.Plain(string.Join(", ", fault.Recovery.DetectionShared)),
            ]),
        ]),
    ]);

    public static DraftSection Healed(IReadOnlyList<FaultLog> faults, RunReport run) => new("How it healed",
    [
        new DraftBlock.Points([.. faults.Take(PostmortemDraft.MostLines).Select(Healed),
            Said.Of($"At the end of the run: {run.Summary.Healed switch
            {
                Journal.HealState.Verified => "every fault was checked to be gone",
                Journal.HealState.NotNeeded => "nothing had to be healed",
                Journal.HealState.Unverified => "every fault was taken away, and nobody checked",
                _ => "something is left behind; run chaosbench heal",
            }}.")]),
    ]);

    public static DraftSection Questions(IReadOnlyList<FaultLog> faults, RunReport run) => new("Questions for people",
        [new DraftBlock.Points([.. faults.SelectMany(Questions), .. Asked(run)])]);

    private static Said Healed(FaultLog fault)
    {
        var (name, recovery) = (Said.Name(fault.Plan.Id), fault.Recovery);
        if (recovery.ImpactAt is null)
        {
            return Said.Of($"{name}: there was nothing to heal from, the steady state held throughout.");
        }

        var own = recovery.TimeToMitigate is { } contained
            ? $"the system helped itself: the last bad window ended {Wording.Duration(contained)} after the first began, while the fault was still in place"
            : "the system did not help itself: windows were bad until the fault was taken away";
        var back = recovery.ResidualRecovery is { } residual
            ? $"the steady state was back {Wording.Duration(residual)} after it was lifted"
            : $"more than {Wording.Duration(recovery.Censored ?? 0)} after it was lifted it was not back";
        var promised = fault.Plan.RecoveredWithin is { } within ? $" ({Wording.Duration(within)} was promised: {Kept(recovery.ResidualRecovery, within)})" : "";
        var said = recovery.MitigatedBy is { } by ? $"; {by} called it dealt with {Wording.Duration(recovery.TimeToMitigationReport ?? 0)} after users felt it" : "";
        return Said.Of($"{name}: {own}{said}; {back}{promised}.");
    }

    private static string Kept(double? seen, double within) => seen is null ? "not seen to be kept" : seen <= within ? "kept" : "not kept";

    private static IEnumerable<Said> Questions(FaultLog fault)
    {
        var name = Said.Name(fault.Plan.Id);
        yield return fault.Recovery.ImpactAt is null
            ? Said.Of($"Why did {name} leave the steady state whole: did something contain it, or did too little traffic meet it?")
            : Said.Of($"Through which path did {name} reach the requests that went bad?");
        if (fault.Recovery.DetectedAt is null)
        {
            yield return Said.Of($"Who would have noticed {name} in production, and when?");
        }
        else if (fault.Recovery.DetectionShared.Count > 0)
        {
            yield return Said.Of($"Was it {name} that {fault.Recovery.DetectedBy ?? "somebody"} noticed, or {string.Join(", ", fault.Recovery.DetectionShared)}? An alarm that fits both tells nobody what to do.");
        }

        if (fault.Recovery is { ImpactAt: not null, TimeToMitigate: null })
        {
            yield return Said.Of($"What should have contained {name} while it lasted: a retry, a breaker, another replica?");
        }

        if (fault.Recovery is { ResidualRecovery: > 0 } or { Censored: not null })
        {
            yield return Said.Of($"What kept the system from coming back at once when {name} was lifted: a backlog, cold caches, a restart?");
        }
    }

    private static IEnumerable<Said> Asked(RunReport run)
    {
        if (run.Measurements.Notes.Count == 0)
        {
            yield return Said.Plain("Who was there? Nobody left a note while it happened (chaosbench note).");
        }

        yield return Said.Plain("What went well, and what went badly?");
    }
}
