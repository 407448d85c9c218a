using System.Globalization;
using System.Text;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Writers;

/// <summary>
/// <c>postmortem.md</c>: a blameless draft for a run in which something was broken. Facts with their times and journal lines are
/// generated; causes are left as questions to people.
/// </summary>
public sealed class PostmortemReport : IReportWriter
{
    /// <summary>Different reasons that are counted; a hostile target can make each one new.</summary>
    private const int MostReasons = 10_000;

    private const int MostLines = 60;

    public string FileName => "postmortem.md";

    public string? Render(RunReport run)
    {
        if (run.Measurements.Faults.All(fault => fault.InjectedAt is null))
        {
            return null;
        }

        var text = new StringBuilder();
        text.Append($"# Post-mortem draft: {Markdown.Code(run.Summary.Scenario)}\n\n");
        text.Append($"{Kebab.Of(run.Summary.Verdict).ToUpperInvariant()}. {Markdown.Text(run.Summary.Headline)}\n");
        Promised(text, run);
        Timeline(text, run);
        Impact(text, run.Measurements);
        Cost(text, run.Summary);
        Evidence(text, run.Measurements);
        Undecided(text, run.Summary);
        Questions(text, run);
        text.Append($"\n## Repeat it\n\n```sh\n{Replay.Command(run)}\n```\n");
        return text.ToString();
    }

    private static void Promised(StringBuilder text, RunReport run)
    {
        text.Append("\n## What was promised\n\n");
        var judged = run.Summary.Findings.Where(finding =>
            FindingKinds.Fails(finding.Kind) || finding.Kind == FindingKinds.SteadyState);
        foreach (var finding in judged)
        {
            var word = finding.Verdict switch { FindingVerdict.Pass => "held", FindingVerdict.Fail => "**broken**", _ => "unclear" };
            text.Append($"- {Markdown.Code(finding.Objective)} ({finding.Kind}): {word}. {Markdown.Text(finding.Advice)}\n");
        }

        var asked = run.Measurements.Faults[0].Recovery;
        text.Append($"- Steady state: {Markdown.Text(asked.SteadyState)}; asked of windows of "
            + $"{Wording.Duration(asked.Window)}, regained when it holds for {Wording.Duration(asked.Hold)}.\n");
    }

    private static void Timeline(StringBuilder text, RunReport run)
    {
        text.Append("\n## What happened\n\nSeconds from the start of the run, UTC, and the line of the journal that says so.\n\n");
        var started = run.Measurements.Run.StartedUtc;
        var moments = Moments(run.Measurements).OrderBy(moment => moment.At).ThenBy(moment => moment.Line ?? int.MaxValue).ToList();
        foreach (var (at, line, what) in moments.Take(MostLines))
        {
            var clock = started.AddTicks(at / 100).UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
            var source = line is { } number ? string.Create(CultureInfo.InvariantCulture, $"line {number}") : "computed";
            text.Append(CultureInfo.InvariantCulture, $"- {Nanos.ToSeconds(at):0.000} s ({clock}, {source}): {what}\n");
        }

        text.Append(moments.Count > MostLines ? $"- {Count(moments.Count - MostLines)} more are in the journal.\n" : "");
    }

    private static IEnumerable<(long At, int? Line, string What)> Moments(Measurements run)
    {
        foreach (var (line, entry) in run.Timeline)
        {
            switch (entry)
            {
                case JournalEvent.FaultTransition move:
                    var detail = move.Detail is { } why ? $": {Markdown.Text(why)}" : "";
                    yield return (move.At, line, $"{Markdown.Code(move.Fault)} {Moved(move.State)}{detail}.");
                    break;
                case JournalEvent.Detection seen:
                    var which = seen.Replica is { } replica ? string.Create(CultureInfo.InvariantCulture, $" of replica {replica}") : "";
                    yield return (seen.At, line, $"{Markdown.Text(seen.By)} noticed {Markdown.Text(seen.What)}{which}.");
                    break;
                case JournalEvent.Note note:
                    yield return (note.At, line, $"note: {Markdown.Text(note.Text)}");
                    break;
                default:
                    break;
            }
        }

        foreach (var fault in run.Faults)
        {
            var (name, recovery) = (Markdown.Code(fault.Plan.Id), fault.Recovery);
            if (fault.InjectedAt is { } injected)
            {
                yield return (injected, fault.FirstAppliedLine, $"{name} met its first victim; {Count(fault.Applied)} of "
                    + $"{Count(fault.Eligible)} eligible units in all.");
            }

            if (recovery.ImpactAt is { } impact)
            {
                yield return (impact, null, $"the first window breaks the steady state, "
                    + $"{Wording.Duration(recovery.TimeToImpact ?? 0)} after {name} was injected.");
            }

            if (recovery.RecoveredAt is { } back && recovery.ImpactAt is not null)
            {
                yield return (back, null, $"the steady state is back, {Wording.Duration(recovery.ResidualRecovery ?? 0)} "
                    + $"after {name} was lifted.");
            }
        }
    }

    private static void Impact(StringBuilder text, Measurements run)
    {
        text.Append("\n## Impact\n\n| phase | requests | failed | met every objective | right answers |\n|---|---:|---:|---:|---:|\n");
        foreach (var phase in new[] { Phase.Baseline, Phase.Fault, Phase.Recovery })
        {
            var slice = new Slice(run.Candidate, phase);
            string Text(MetricId metric) => run.ShareOf(metric, slice).Value is { } share ? Wording.Percent(share) : "";
            text.Append($"| {Summaries.NameOf(phase)} | {Count(run.In(slice).LongCount())} | {Text(MetricId.ErrorRate)} | "
                + $"{Text(MetricId.Attainment)} | {Text(MetricId.Accuracy)} |\n");
        }

        var faulty = run.In(new Slice(run.Candidate, Phase.Fault));
        if (faulty.Any(request => request.Faults.Count > 0))
        {
            string Bad(IEnumerable<Request> some) =>
                Measurements.ShareOf(MetricId.Attainment, some) is { Value: { } good, Total: var total }
                    ? $"{Wording.Percent(1 - good)} of {Count(total)}" : "none";
            var victims = Bad(faulty.Where(request => request.Faults.Count > 0));
            var bystanders = Bad(faulty.Where(request => request.Faults.Count == 0));
            var before = Bad(run.In(new Slice(run.Candidate, Phase.Baseline)));
            text.Append($"\nVictims of a fault that missed an objective: {victims}. Bystanders: {bystanders}. Before any fault: {before}.\n");
        }
    }

    private static void Cost(StringBuilder text, Summary summary)
    {
        text.Append("\n## Recovery and cost\n");
        text.Append(summary.Hypothesis is { } hypothesis ? $"\n{Markdown.Text(RecoveryText.Of(hypothesis))}\n" : "");
        foreach (var fault in summary.Faults.Where(fault => fault.Impact is not null).Take(MostLines))
        {
            text.Append($"\n### {Markdown.Text(fault.Id)}\n\n").Append(MarkdownReport.RecoveryTable(fault));
        }
    }

    private static void Evidence(StringBuilder text, Measurements run)
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

        if (reasons.Count == 0)
        {
            return;
        }

        text.Append("\n## Evidence\n\n| requests | outcome | reason | first arrival |\n|---:|---|---|---:|\n");
        var shown = reasons.OrderByDescending(reason => reason.Value.Requests)
            .ThenBy(reason => reason.Key.Outcome, StringComparer.Ordinal).ThenBy(reason => reason.Key.Reason, StringComparer.Ordinal);
        foreach (var ((outcome, reason), (requests, first)) in shown.Take(10))
        {
            text.Append($"| {Count(requests)} | {outcome} | {Markdown.Text(reason)} | {Count(first)} |\n");
        }
    }

    private static void Undecided(StringBuilder text, Summary summary)
    {
        var open = summary.Findings.Where(finding => finding.Verdict != FindingVerdict.Pass && finding.Kind != FindingKinds.Info).ToList();
        if (open.Count > 0)
        {
            text.Append("\n## What would have changed the verdict\n\n");
            open.ForEach(finding => text.Append($"- {Markdown.Code(finding.Objective)}: {Markdown.Text(finding.Advice)}\n"));
        }
    }

    private static void Questions(StringBuilder text, RunReport run)
    {
        text.Append("\n## Questions for people\n\n");
        foreach (var fault in run.Measurements.Faults.Where(fault => fault.InjectedAt is not null))
        {
            var name = Markdown.Code(fault.Plan.Id);
            text.Append(fault.Recovery.ImpactAt is null
                ? $"- Why did {name} leave the steady state whole: did something contain it, or did too little traffic meet it?\n"
                : $"- Through which path did {name} reach the requests that went bad?\n");
            text.Append(fault.Recovery.DetectedAt is null ? $"- Who would have noticed {name} in production, and when?\n" : "");
            text.Append(fault.Recovery is { ResidualRecovery: > 0 } or { Censored: not null } ? $"- What kept the system "
                + $"from coming back at once when {name} was lifted: a backlog, cold caches, a restart?\n" : "");
        }

        text.Append("- What went well, what went badly, and where were we lucky?\n\n");
        text.Append("## Actions\n\n| action | owner | by |\n|---|---|---|\n| | | |\n");
    }

    private static string Moved(FaultState state) => state switch
    {
        FaultState.Ordered => "was due",
        FaultState.Active => "was put in place",
        FaultState.Cleared => "was lifted",
        FaultState.Healed => "was verified to be gone",
        FaultState.Failed => "could not be applied or healed",
        _ => throw new System.Diagnostics.UnreachableException($"no words for {state}"),
    };

    private static string Count(long number) => number.ToString(CultureInfo.InvariantCulture);
}
