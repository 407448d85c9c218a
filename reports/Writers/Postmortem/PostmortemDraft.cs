using System.Globalization;
using System.Runtime.CompilerServices;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Writers.Postmortem;

/// <summary>
/// The story of a run in which something was broken, in the order in which a responder asks: what, promised, happened, noticed, healed,
/// cost, luck, questions, actions. Every fact has its number and the place in the journal it comes from.
/// </summary>
internal static class PostmortemDraft
{
    /// <summary>Different reasons that are counted; a hostile target can make each one new.</summary>
    private const int MostReasons = 10_000;

    internal const int MostLines = 60;

    // Two reports show the draft; a run of a million requests is read over for it once.
    private static readonly ConditionalWeakTable<RunReport, Made> Known = [];

    /// <summary>Null: nothing was broken.</summary>
    public static Draft? Of(RunReport run) => Known.GetValue(run, one => new Made(Make(one))).Draft;

    internal static string Count(long number) => number.ToString(CultureInfo.InvariantCulture);

    internal static string Clock(DateTimeOffset started, long at) =>
        started.AddTicks(at / 100).UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static Draft? Make(RunReport run)
    {
        var faults = run.Measurements.Faults.Where(fault => fault.InjectedAt is not null).ToList();
        if (faults.Count == 0)
        {
            return null;
        }

        var sections = new List<DraftSection?>
        {
            new("In short", [new DraftBlock.Points([.. faults.Take(MostLines).Select(fault => PostmortemFaults.InShort(fault, run.Measurements))]), Papers(run)]),
            Promised(run),
            PostmortemStory.Of(run.Measurements),
            PostmortemFaults.Noticed(faults, run.Measurements),
            PostmortemFaults.Healed(faults, run),
            Impact(run),
            Cost(run.Summary),
            PostmortemLuck.Of(faults, run),
            Evidence(run.Measurements),
            Undecided(run.Summary),
            PostmortemFaults.Questions(faults, run),
            Actions(),
        };
        return new Draft(
            run.Summary.Scenario, Kebab.Of(run.Summary.Verdict), run.Summary.Headline, [.. sections.OfType<DraftSection>()], Replay.Command(run));
    }

    private static DraftBlock.Grid Papers(RunReport run) => new("Papers", ["", ""],
    [
        [Said.Plain("Date"), Said.Plain(run.Measurements.Run.StartedUtc.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC")],
        [Said.Plain("Version under judgement"), Said.Of($"{Said.Name(run.Measurements.Candidate)}")],
        [Said.Plain("Healed"), Said.Plain(Kebab.Of(run.Summary.Healed).Replace('-', ' '))],
        [Said.Plain("Owner of the drill"), Said.Nothing],
        [Said.Plain("Written by"), Said.Nothing],
        [Said.Plain("Reviewed by, on"), Said.Nothing],
    ]);

    private static DraftSection Promised(RunReport run)
    {
        var judged = run.Summary.Findings.Where(finding => FindingKinds.Fails(finding.Kind) || finding.Kind == FindingKinds.SteadyState);
        var asked = run.Measurements.Faults[0].Recovery;
        return new DraftSection("What was promised",
        [
            new DraftBlock.Points(
            [
                .. judged.Select(finding => Said.Of(
                    $"{Said.Name(finding.Objective)} ({finding.Kind}): {Held(finding.Verdict)}. {finding.Advice}")),
                Said.Of($"Steady state: {asked.SteadyState}; asked of windows of {Wording.Duration(asked.Window)}, regained when it holds for "
                    + $"{Wording.Duration(asked.Hold)}."),
            ]),
        ]);
    }

    private static SaidPart Held(FindingVerdict verdict) => verdict switch
    {
        FindingVerdict.Pass => new SaidPart("held", SaidKind.Plain),
        FindingVerdict.Fail => Said.Strong("broken"),
        _ => new SaidPart("unclear", SaidKind.Plain),
    };

    private static DraftSection Impact(RunReport report)
    {
        var run = report.Measurements;
        var rows = new[] { Phase.Baseline, Phase.Fault, Phase.Recovery }.Select(phase =>
        {
            var slice = new Slice(run.Candidate, phase);
            Said Text(MetricId metric) => Said.Plain(run.ShareOf(metric, slice).Value is { } share ? Wording.Percent(share) : "");
            return (IReadOnlyList<Said>)[Said.Plain(Summaries.NameOf(phase)), Said.Plain(Count(run.In(slice).LongCount())), Text(MetricId.ErrorRate), Text(MetricId.Attainment), Text(MetricId.Accuracy)];
        });
        List<DraftBlock> blocks =
        [
            new DraftBlock.Grid("The candidate by phase", ["phase", "#requests", "#failed", "#met every objective", "#right answers"], [.. rows]),
        ];
        if (Victims(run) is { } victims)
        {
            blocks.Add(new DraftBlock.Paragraph(victims));
        }

        if (Business.Of(report.Summary, run) is { } business)
        {
            blocks.Add(new DraftBlock.Points([.. BusinessText.Of(business).Select(row => Said.Of($"{row.Title}: {row.Figure}; {row.Plain}."))]));
        }

        return new DraftSection("Impact", blocks);
    }

    private static Said? Victims(Measurements run)
    {
        var faulty = run.In(new Slice(run.Candidate, Phase.Fault));
        if (!faulty.Any(request => request.Faults.Count > 0))
        {
            return null;
        }

        string Bad(IEnumerable<Request> some) => Measurements.ShareOf(MetricId.Attainment, some) is { Value: { } good, Total: var total }
            ? $"{Wording.Percent(1 - good)} of {Count(total)}" : "none";
        var victims = Bad(faulty.Where(request => request.Faults.Count > 0));
        var bystanders = Bad(faulty.Where(request => request.Faults.Count == 0));
        var before = Bad(run.In(new Slice(run.Candidate, Phase.Baseline)));
        return Said.Of($"Victims of a fault that missed an objective: {victims}. Bystanders: {bystanders}. Before any fault: {before}.");
    }

    private static DraftSection Cost(Summary summary)
    {
        List<DraftBlock> blocks = summary.Hypothesis is { } hypothesis ? [new DraftBlock.Paragraph(Said.Plain(RecoveryText.Of(hypothesis)))] : [];
        blocks.AddRange(summary.Faults.Where(fault => fault.Impact is not null).Take(MostLines).SelectMany(fault => (IEnumerable<DraftBlock>)
        [
            new DraftBlock.Paragraph(Said.Of($"{Said.Strong(fault.Id)} ({fault.Fault}, {fault.Fidelity}), from its first application:")),
            new DraftBlock.Grid($"Recovery and cost of {fault.Id}", ["", "#seen", "how it is made"], [.. RecoveryText.Of(fault)
                .Select(row => (IReadOnlyList<Said>)[Said.Plain(row.Name), Said.Plain(row.Value), Said.Plain(row.Formula)])]),
        ]));
        return new DraftSection("Recovery and cost", blocks);
    }

    private static DraftSection? Evidence(Measurements run)
    {
        var reasons = new Dictionary<(string Outcome, string Reason), (long Requests, int First)>();
        foreach (var request in run.In(new Slice(run.Candidate)).Where(request => !request.Completed))
        {
            var key = (Kebab.Of(request.Outcome), request.Reason ?? "");
            var (count, first) = reasons.GetValueOrDefault(key, (0, int.MaxValue));
            if (count > 0 || reasons.Count < MostReasons)
            {
                reasons[key] = (count + 1, Math.Min(first, request.Arrival));
            }
        }

        var shown = reasons.OrderByDescending(reason => reason.Value.Requests)
            .ThenBy(reason => reason.Key.Outcome, StringComparer.Ordinal).ThenBy(reason => reason.Key.Reason, StringComparer.Ordinal)
            .Take(10).Select(reason => (IReadOnlyList<Said>)
            [
                Said.Plain(Count(reason.Value.Requests)), Said.Plain(reason.Key.Outcome), Said.Plain(reason.Key.Reason), Said.Plain(Count(reason.Value.First)),
            ]);
        return reasons.Count == 0 ? null : new DraftSection("Evidence",
            [new DraftBlock.Grid("Why requests did not complete", ["#requests", "outcome", "reason", "#first arrival"], [.. shown])]);
    }

    /// <summary>What one cause left undecided is one line, however many objectives it left so.</summary>
    private static DraftSection? Undecided(Summary summary)
    {
        var open = summary.Findings.Where(finding => finding.Verdict != FindingVerdict.Pass && finding.Kind != FindingKinds.Info).ToList();
        var shared = open.Where(finding => finding is { Verdict: FindingVerdict.Inconclusive, Kind: not FindingKinds.Precondition })
            .GroupBy(finding => finding.ReasonCode, StringComparer.Ordinal).Where(group => group.Count() > 3).ToDictionary(group => group.Key, group => group.Count());
        List<Said> lines =
        [
            .. open.Where(finding => !shared.ContainsKey(finding.ReasonCode) || finding.Kind == FindingKinds.Precondition || finding.Verdict == FindingVerdict.Fail)
                .Select(finding => Said.Of($"{Said.Name(finding.Objective)}: {finding.Advice}")),
            .. shared.Select(reason => Said.Of($"{Count(reason.Value)} objectives say nothing for one reason: {reason.Key.Replace('-', ' ')}.")),
        ];
        return lines.Count == 0 ? null : new DraftSection("What would have changed the verdict", [new DraftBlock.Points(lines)]);
    }

    private static DraftSection Actions() => new("Actions",
    [
        new DraftBlock.Grid("Actions", ["action", "prevents, detects or softens", "owner", "by"],
            [.. Enumerable.Range(0, 3).Select(_ => (IReadOnlyList<Said>)[.. Enumerable.Repeat(Said.Nothing, 4)])]),
    ]);

    private sealed record Made(Draft? Draft);
}
