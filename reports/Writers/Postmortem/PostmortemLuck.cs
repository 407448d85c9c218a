using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Writers.Postmortem;

/// <summary>
/// Where it went well and need not have: facts that a reader takes for strength and that may be luck. Each is a number of the run; whether
/// it was luck is for people to say.
/// </summary>
internal static class PostmortemLuck
{
    /// <summary>A gate that held with less than this to spare, relative to its limit.</summary>
    private const double Narrow = 0.1;

    /// <summary>A share that fell by more than this, over at least so many requests on either side, is worth a line.</summary>
    private const double Notable = 0.03;
    private const int FewRequests = 50;

    public static DraftSection Of(IReadOnlyList<FaultLog> faults, RunReport run)
    {
        List<Said> facts = [.. Unasked(faults, run), .. faults.SelectMany(Of), .. run.Summary.Findings.SelectMany(Of)];
        return new DraftSection("Where we may have been lucky",
        [
            facts.Count > 0 ? new DraftBlock.Points([.. facts.Take(PostmortemDraft.MostLines)])
                : new DraftBlock.Paragraph(Said.Plain("The numbers show no place: every fault met whom it was meant for, was noticed, and no gate held narrowly.")),
        ]);
    }

    /// <summary>What got worse while no window left the steady state: nobody had promised it.</summary>
    private static IEnumerable<Said> Unasked(IReadOnlyList<FaultLog> faults, RunReport run)
    {
        if (faults.Any(fault => fault.Recovery.ImpactAt is not null))
        {
            yield break;
        }

        foreach (var metric in (MetricId[])[MetricId.Attainment, MetricId.Accuracy])
        {
            ShareCount In(Phase phase) => run.Measurements.ShareOf(metric, new Slice(run.Measurements.Candidate, phase));
            var (before, during) = (In(Phase.Baseline), In(Phase.Fault));
            if (before is { Value: { } usual, Total: >= FewRequests } && during is { Value: { } hurt, Total: >= FewRequests } && usual - hurt > Notable)
            {
                yield return Said.Of($"{AbsoluteJudge.Capital(Wording.NameOf(metric))} fell from {Wording.Percent(usual)} in the baseline phase to "
                    + $"{Wording.Percent(hurt)} in the fault phase, and the steady state does not ask for it: users were hurt and nothing here calls that a failure.");
            }
        }
    }

    private static IEnumerable<Said> Of(FaultLog fault)
    {
        var (name, recovery) = (Said.Name(fault.Plan.Id), fault.Recovery);
        if (fault.Bypassed > 0)
        {
            yield return Said.Of($"{name} missed {Count(fault.Bypassed)} of the {Count(fault.Selected)} units that the seed chose; they would have been hit a moment earlier or later.");
        }

        var chooses = fault.Plan.Scope is FaultScope.Attempt or FaultScope.Request or FaultScope.Session or FaultScope.Connection or FaultScope.Stream or FaultScope.Chunk;
        if (chooses && fault.Impact?.Exposure is { } exposure && exposure.High < fault.Plan.Share)
        {
            yield return Said.Of($"{name} changed {Wording.Percent(exposure.Observed)} of the units that it could have; {Wording.Percent(fault.Plan.Share)} was asked for.");
        }

        if (recovery.ImpactAt is null)
        {
            yield return Said.Of($"{name} hit {Units(fault.Applied)} and no window left the steady state. At another hour, with more traffic, it might have.");
        }

        if (recovery is { DetectedAt: null, ImpactAt: not null })
        {
            yield return Said.Of($"{name} went away without anybody having noticed it; in production nobody would have taken it away.");
        }

        if (recovery is { ImpactAt: not null, TimeToMitigate: null, ResidualRecovery: not null })
        {
            yield return Said.Of($"{name} hurt for as long as it was there, and it was there for no longer than the drill had planned.");
        }
    }

    private static IEnumerable<Said> Of(Finding finding)
    {
        if (finding is { Verdict: FindingVerdict.Pass, Kind: FindingKinds.Gate, Observed: { } seen, Limit: { } limit, BaselineObserved: null }
            && double.IsFinite(seen) && limit > 0 && seen > 0 && Math.Abs(seen - limit) / limit is > 0 and < Narrow and var spare && finding.Unit != "share")
        {
            yield return Said.Of($"{Said.Name(finding.Objective)} held with {Wording.Percent(spare)} to spare: {Wording.Quantity(seen, finding.Unit)} seen.");
        }
        else if (finding is { Verdict: FindingVerdict.Pass, Kind: FindingKinds.Gate, Unit: "share", Observed: { } share, Limit: { } asked }
            && Math.Abs(share - asked) < Narrow * Math.Min(asked, 1 - asked) && Math.Abs(share - asked) > 0)
        {
            yield return Said.Of($"{Said.Name(finding.Objective)} held narrowly: {Wording.Percent(share)} seen, {Wording.Percent(asked)} asked.");
        }
    }

    private static string Units(long number) => number == 1 ? "1 unit" : $"{Count(number)} units";

    private static string Count(long number) => PostmortemDraft.Count(number);
}
