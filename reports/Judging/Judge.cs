using System.Diagnostics;
using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Importing;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Robustness;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// (Measurements, facts) to a verdict. How the run ended comes first, then whether it is valid, then every objective, and in a valid
/// run fail outweighs inconclusive outweighs pass. Pure: the same journal gives the same summary.
/// </summary>
public static class Judge
{
    public static Summary Decide(Measurements run, RunFacts facts)
    {
        var validity = Validity.Of(run, facts);
        var findings = Findings(run, facts, validity);
        var touched = run.Faults.Any(fault => fault.OrderedAt is not null || fault.InjectedAt is not null);
        var healed = run.Ending?.Healed ?? (touched ? HealState.Unverified : HealState.NotNeeded);
        var (verdict, reasons) = Merge(run, facts, validity, findings, healed);
        return new Summary
        {
            ToolVersion = run.Run.ToolVersion,
            Scenario = run.Run.Scenario,
            Seed = run.Run.Seed,
            PlanSha256 = run.Run.PlanSha256,
            Verdict = verdict,
            ExitCode = ExitCodes.Of(verdict, facts.Inconclusive),
            Healed = healed,
            Headline = Headlines.Of(run, verdict, reasons, findings),
            Reasons = reasons,
            Policy = ExitCodes.Changed(verdict, facts.Inconclusive),
            Findings = findings,
            Targets = ImportRules.Told(Summaries.Targets(run), facts.Import),
            Counts = Accounts.Counts(run),
            Generator = ImportRules.Told(Accounts.Generator(run, validity), facts.Import),
            Faults = [.. run.Faults.Select(Accounts.Fault)],
            Hypothesis = FaultAccounts.Of(run.Hypothesis),
            Comparison = ComparisonAccount.Of(run, facts),
            Import = facts.Import,
        };
    }

    private static List<Finding> Findings(Measurements run, RunFacts facts, Validity validity)
    {
        var gates = FamilyWise.Corrected([.. run.Run.Gates.Select(objective => Gate(objective, run, validity, facts.Import))]);
        var expectations = RecoveryJudge.Expectations(run).Concat(HypothesisJudge.Recovered(run)).Select(finding => validity.Unsteady.Count > 0 ? Unsteady(finding) : finding);
        var judged = gates.Concat(expectations).Concat(BaselineFindings.Of(facts.Baseline, run))
            .Select(finding => validity.Limited.Count > 0 ? Spoilt(finding) : finding)
            .Select(finding => validity.Partial.Count > 0 ? OfPart(finding, validity) : finding)
            .Select(finding => IsCutShort(run) ? CutShort(finding) : finding)
            .Select(finding => Waiving.Apply(finding, run.Run.Scenario, facts.Waivers));
        return [.. judged.Concat(HypothesisJudge.Seen(run)).Concat(validity.Findings)
            .OrderBy(finding => finding.Verdict switch
            {
                FindingVerdict.Fail => 0,
                FindingVerdict.Inconclusive => 1,
                FindingVerdict.Pass => 2,
                _ => throw new UnreachableException($"no place for {finding.Verdict}"),
            })
            .ThenBy(finding => FindingKinds.All.ToList().IndexOf(finding.Kind))];
    }

    private static Finding Gate(Objective objective, Measurements run, Validity validity, ImportFacts? import)
    {
        var slice = new Slice(run.Candidate, objective.Phase, objective.Cohort);
        var ruling = objective.LimitKind switch
        {
            _ when Metrics.IsGolden(objective.Metric) && GoldenJudge.Doubt(run) is { } doubt => doubt,
            _ when objective.UnderCorruption is not null => RobustnessJudge.Decide(objective, run, slice),
            _ when objective.Metric == MetricId.CostPerSuccess => CostJudge.Decide(objective, run, slice),
            _ when Metrics.IsDrift(objective.Metric) => DriftJudge.Decide(objective, run, slice),
            _ when objective.Metric == MetricId.Bias => BiasJudge.Decide(objective, run, slice),
            _ when objective.Metric == MetricId.MemorySlope => MemoryJudge.Decide(objective, run),
            _ when objective.Metric == MetricId.JudgedRight => JudgedShare.Decide(objective, run, slice),
            LimitKind.Absolute => AbsoluteJudge.Decide(objective, run, slice),
            LimitKind.RelativeToBaseline or LimitKind.DifferenceToBaseline => BaselineJudge.Decide(objective, run, slice),
            _ => throw new UnreachableException($"no rule for {objective.LimitKind}"),
        };
        ruling = ImportRules.Temper(ruling, objective, import);
        ruling = Metrics.IsGolden(objective.Metric) ? ruling with { Advice = ruling.Advice + GoldenJudge.Uncovered(run) } : ruling;
        var kind = objective.Kind switch
        {
            GateKind.Gate => FindingKinds.Gate,
            GateKind.Guard => FindingKinds.Guard,
            GateKind.Info => FindingKinds.Info,
            _ => throw new UnreachableException($"no rule for {objective.Kind}"),
        };
        var finding = Dressing.Of(objective, kind, ruling, run, objective.Phase);
        var aboutFaults = objective.Phase is Phase.Fault or Phase.Recovery || objective.Metric >= MetricId.TimeToDetect;
        return aboutFaults && validity.Unsteady.Count > 0 ? Unsteady(finding) : finding;
    }

    /// <summary>What was already broken before the fault cannot be laid at its door, nor can it be cleared.</summary>
    private static Finding Unsteady(Finding finding) => finding with
    {
        Verdict = FindingVerdict.Inconclusive,
        ReasonCode = ReasonCodes.BaselineNotSteady,
        Advice = $"{finding.Advice} But the steady state was already broken before any fault, so that this says nothing "
            + "about the fault.",
    };

    /// <summary>A generator that was the limit measured itself: the finding stands as seen, but decides nothing.</summary>
    private static Finding Spoilt(Finding finding) => finding with
    {
        Verdict = FindingVerdict.Inconclusive,
        ReasonCode = ReasonCodes.GeneratorLimited,
        Advice = $"{finding.Advice} But the generator was the limit, so that this says nothing about the target.",
    };

    /// <summary>Less was asked of the target than was planned, or not together.</summary>
    private static Finding OfPart(Finding finding, Validity validity) => finding with
    {
        Verdict = FindingVerdict.Inconclusive,
        ReasonCode = validity.Findings.First(shards => validity.Partial.Contains(shards.Advice)).ReasonCode,
        Advice = $"{finding.Advice} But that is not the whole load as planned, so that it decides nothing.",
    };

    /// <summary>Stopped by somebody or something other than its own end.</summary>
    private static bool IsCutShort(Measurements run) =>
        run.Ending is not { Ending: RunEnding.Completed or RunEnding.CandidateUnavailable };

    /// <summary>Half a run: the requests that were not sent any more count as late and failed, which is not the target's doing.</summary>
    private static Finding CutShort(Finding finding) => finding with
    {
        Verdict = FindingVerdict.Inconclusive,
        ReasonCode = ReasonCodes.RunCutShort,
        Advice = $"{finding.Advice} But the run did not go to its end, so that this decides nothing.",
    };

    private static (RunVerdict Verdict, IReadOnlyList<string> Reasons) Merge(
        Measurements run, RunFacts facts, Validity validity, List<Finding> findings, HealState healed)
    {
        if (Ended(run, facts) is { } ended)
        {
            return Unhealed(ended.Verdict, [ended.Reason], healed);
        }

        IReadOnlyList<string> invalid = [.. validity.Partial, .. validity.Lost, .. validity.Limited];
        IReadOnlyList<string> doubts = [.. invalid, .. validity.Unexposed, .. validity.Unsteady];
        var deciding = findings.Where(finding => FindingKinds.Decides(finding.Kind)).ToList();
        var failed = findings.Any(finding =>
            finding.Verdict == FindingVerdict.Fail && FindingKinds.Fails(finding.Kind));
        var verdict =
            validity.Partial.Count > 0 || (deciding.Count > 0 && invalid.Count > 0) ? RunVerdict.Inconclusive
            : failed ? RunVerdict.Fail
            : validity.Unexposed.Count > 0 || deciding.Any(finding => finding.Verdict == FindingVerdict.Inconclusive) ? RunVerdict.Inconclusive
            : deciding.Count > 0 && (validity.Unsteady.Count > 0 || findings.Any(IsOpen)) ? RunVerdict.Inconclusive
            : RunVerdict.Pass;
        return Unhealed(verdict, doubts, healed);
    }

    /// <summary>A part of the hypothesis that could not be looked at: no pass may rest on it.</summary>
    private static bool IsOpen(Finding finding) => finding is { Kind: FindingKinds.Hypothesis, Verdict: FindingVerdict.Inconclusive };

    /// <summary>Null when the run went to its end.</summary>
    private static (RunVerdict Verdict, string Reason)? Ended(Measurements run, RunFacts facts)
    {
        if (run.Ending is not { } ending)
        {
            return (RunVerdict.Error, facts.JournalTruncated
                ? "The journal ends in the middle of a line: the run was killed or the disk was full."
                : "The journal has no last line: the run was killed before it could end.");
        }

        var why = ending.Reason is { Length: > 0 } reason ? $": {reason}" : "";
        return ending.Ending switch
        {
            RunEnding.Completed => null,
            RunEnding.Aborted => (RunVerdict.Aborted, $"The run was aborted{why}"),
            RunEnding.Cancelled => (RunVerdict.Cancelled, $"The run was cancelled{why}"),
            RunEnding.Broken => (RunVerdict.Error, $"The run broke{why}"),
            RunEnding.BaselineUnsteady => (RunVerdict.Inconclusive, $"Nothing was injected, because the baseline was not steady{why}"),
            RunEnding.CandidateUnavailable => (RunVerdict.Fail, ending.Reason is { Length: > 0 } reached ? reached : $"{run.Candidate} could not be reached or loaded"),
            _ => throw new UnreachableException($"no rule for {ending.Ending}"),
        };
    }

    /// <summary>Whatever else was found: a system that could not be healed, or not shown to be, needs a person.</summary>
    private static (RunVerdict Verdict, IReadOnlyList<string> Reasons) Unhealed(
        RunVerdict verdict, IReadOnlyList<string> reasons, HealState healed) => healed switch
    {
        HealState.NotNeeded or HealState.Verified => (verdict, reasons),
        HealState.Unverified => (RunVerdict.Error, ["It could not be verified that every fault was lifted; look at the target before the next run.", .. reasons]),
        HealState.Failed => (RunVerdict.Error, ["A fault could not be lifted; look at the target before the next run.", .. reasons]),
        _ => throw new UnreachableException($"no rule for {healed}"),
    };
}
