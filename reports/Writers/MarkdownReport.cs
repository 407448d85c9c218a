using System.Globalization;
using System.Text;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Writers;

/// <summary>
/// <c>report.md</c>: for a CI step summary or a pull-request comment. The verdict first; never above <see cref="MostCharacters"/>, so that a
/// comment (65,536 characters at GitHub) takes it whole: sections that do not fit are named instead.
/// </summary>
public sealed class MarkdownReport : IReportWriter
{
    /// <summary>UTF-16 code units; a comment may hold 65,536.</summary>
    public const int MostCharacters = 60_000;

    /// <summary>Kept for the lines that name what was left out.</summary>
    private const int Reserve = 1_000;

    private const int MostRows = 40;
    private const int MostReasons = 10;

    /// <summary>Values of one point of the chart that are kept one by one; a chart shows three digits anyway.</summary>
    private const int MostExactPerPoint = 20_000;

    private const int MostPoints = 24;

    public string FileName => "report.md";

    /// <summary>First line of the report: a comment that carries it is updated instead of posted again.</summary>
    public static string Marker(string scenario) => $"<!-- chaosbench-report {Safe(scenario)} -->";

    public string Render(RunReport run)
    {
        var text = new StringBuilder();
        var summary = run.Summary;
        text.Append(Marker(summary.Scenario)).Append('\n');
        text.Append($"## {Kebab.Of(summary.Verdict).ToUpperInvariant()}: {Markdown.Code(summary.Scenario)}\n\n");
        text.Append($"**{Markdown.Text(summary.Headline)}**\n");
        foreach (var reason in summary.Reasons.Take(MostReasons))
        {
            text.Append($"\n- {Markdown.Text(reason)}");
        }

        text.Append(summary.Reasons.Count > MostReasons ? string.Create(CultureInfo.InvariantCulture, $"\n- {summary.Reasons.Count - MostReasons} more reasons are in summary.json.") : "");
        text.Append(summary.Reasons.Count > 0 ? "\n" : "");
        text.Append(string.Concat(Calibrating.GateQuote.Sentences(run).Select(sentence => $"\n> {Markdown.Text(sentence)}\n")));
        Policy(text, run);
        (string Name, Action<StringBuilder> Write)[] sections =
        [
            ("the findings", into => Findings(into, summary)),
            ("how the versions were compared", into => Compared(into, summary)),
            ("the parts", into => PartMarkdown.Append(into, run)),
            ("what was broken", into => CriteriaMarkdown.Append(into, run)),
            ("the figures for those who pay", into => Paid(into, run)),
            ("what the candidate changes", into => Changed(into, run)),
            ("the chart", into => Chart(into, run.Measurements)),
            ("the faults", into => Faults(into, summary)),
            ("the outcomes", into => Outcomes(into, summary)),
            ("what the other tool published", into => ImportMarkdown.Append(into, run)),
            ("what the server says", into => ServerMarkdown.Append(into, run)),
            ("how it was measured", into => Footer(into, run)),
        ];
        foreach (var (name, write) in sections)
        {
            var section = new StringBuilder();
            write(section);
            text.Append(text.Length + section.Length <= MostCharacters - Reserve ? section.ToString() : $"\n*Left out for its length: {name}. It is in report.html.*\n");
        }

        return text.ToString();
    }

    private static void Paid(StringBuilder text, RunReport run)
    {
        if (Business.Of(run.Summary, run.Measurements) is { } business)
        {
            text.Append("\n### For those who pay for it\n\n");
            foreach (var row in BusinessText.Of(business))
            {
                text.Append($"- {row.Title}: **{Markdown.Text(row.Figure)}**; {Markdown.Text(row.Plain)}\n");
            }
        }
    }

    private static void Changed(StringBuilder text, RunReport run)
    {
        if (run.Measurements.Baseline is null || Comparing.Changes.AlikeWithin(run.Manifest) is not { Count: > 0 } alike)
        {
            return;
        }

        var changes = Comparing.Changes.Within(run.Manifest);
        text.Append("\n<details><summary>What changed: the candidate against the baseline</summary>\n\n");
        text.Append($"{Markdown.Text(Comparing.ChangeWords.Sentence(changes, alike))}\n\n| what | baseline | candidate |\n|---|---|---|\n");
        foreach (var change in changes.Take(MostRows))
        {
            text.Append($"| {Markdown.Text(change.Where)} | {Markdown.Code(change.Before ?? "nothing")} | {Markdown.Code(change.After ?? "nothing")} |\n");
        }

        More(text, changes.Count);
        text.Append("\n</details>\n");
    }

    private static void Policy(StringBuilder text, RunReport run)
    {
        if (run.Summary.Verdict == RunVerdict.Inconclusive)
        {
            var policy = run.Manifest.InconclusivePolicy is { } given
                ? $"`--inconclusive {Safe(given)}` was given" : "`--inconclusive` was not given";
            text.Append(CultureInfo.InvariantCulture, $"\nInconclusive is not a pass: {policy}, so the exit code is "
                + $"{run.Summary.ExitCode}.\n");
        }
    }

    private static void Findings(StringBuilder text, Summary summary)
    {
        if (summary.Findings.Count == 0)
        {
            return;
        }

        text.Append("\n### What was asked and what was seen\n\n");
        text.Append("| | objective | kind | phase | seen | limit | samples | why |\n|---|---|---|---|---:|---:|---:|---|\n");
        foreach (var finding in summary.Findings.Take(MostRows))
        {
            var seen = finding.Observed is { } value ? Wording.Quantity(value, finding.Unit) : "";
            var limit = finding.Limit is { } asked ? Wording.Quantity(asked, finding.Unit) : "";
            text.Append(CultureInfo.InvariantCulture,
                $"| {Mark(finding.Verdict)} | {Markdown.Code(finding.Objective)} | {finding.Kind} | {finding.Phase} | "
                    + $"{seen} | {limit} | {finding.Samples}{(finding.BaselineObserved is null || finding.Kind == FindingKinds.Baseline || summary.Comparison is { Design: "split" } ? "" : " pairs")} | {Markdown.Text(finding.Advice)} |\n");
        }

        More(text, summary.Findings.Count);
    }

    private static void Compared(StringBuilder text, Summary summary)
    {
        if (summary.Comparison is { } comparison)
        {
            text.Append("\n### How the versions were compared\n\n");
            text.Append(string.Concat(comparison.Notes.Select(note => $"- {Markdown.Text(note)}\n")));
        }
    }

    private static void Chart(StringBuilder text, Measurements run)
    {
        var streamed = run.In(new Slice(run.Candidate)).Any(request => request.Completed && request.Ttft is not null);
        var metric = streamed ? MetricId.TtftOk : MetricId.E2eOk;
        var points = Points(run, metric);
        if (points.Count < 2)
        {
            return;
        }

        string Join(IEnumerable<string> parts) => string.Join(", ", parts);
        var top = points.Max(point => point.Milliseconds) * 1.1;
        text.Append("\n### Latency over time\n\n```mermaid\nxychart-beta\n");
        text.Append($"  title \"p99 {Wording.NameOf(metric)}, ms, by planned time in s\"\n");
        text.Append($"  x-axis [{Join(points.Select(point => point.Second.ToString(CultureInfo.InvariantCulture)))}]\n");
        text.Append(CultureInfo.InvariantCulture, $"  y-axis \"ms\" 0 --> {Math.Max(1, Math.Ceiling(top))}\n");
        text.Append($"  line [{Join(points.Select(point => point.Milliseconds.ToString("0.#", CultureInfo.InvariantCulture)))}]\n```\n");
        var faults = run.Faults.Where(fault => fault.InjectedAt is not null).ToList();
        foreach (var fault in faults.Take(MostRows))
        {
            var end = fault.ClearedAt is { } cleared ? Seconds(cleared) : "the end";
            text.Append($"\n{Markdown.Code(fault.Plan.Id)} was active from {Seconds(fault.InjectedAt!.Value)} to {end}.\n");
        }
    }

    /// <summary>Buckets of whole seconds over the run; one without a completed request is left out, not drawn as zero.</summary>
    private static List<(long Second, double Milliseconds)> Points(Measurements run, MetricId metric)
    {
        var end = run.Windows.Count == 0 ? 0 : run.Windows[^1].End;
        var width = Nanos.PerSecond * Math.Max(1, (long)Math.Ceiling(Nanos.ToSeconds(end) / MostPoints));
        var buckets = new SortedDictionary<long, DistributionBuilder>();
        foreach (var request in run.Requests.Where(request => request.Target == run.Candidate && request.PlannedAt < end))
        {
            var second = request.PlannedAt / width * width / Nanos.PerSecond;
            if (!buckets.TryGetValue(second, out var bucket))
            {
                buckets[second] = bucket = new DistributionBuilder(mostExact: MostExactPerPoint);
            }

            MetricValues.AddTo(bucket, metric, request);
        }

        return [.. buckets.Select(bucket => (Second: bucket.Key, Value: bucket.Value.Build().Quantile(0.99)))
            .Where(point => point.Value is not null)
            .Select(point => (point.Second, point.Value!.Value * 1000))];
    }

    private static void Faults(StringBuilder text, Summary summary)
    {
        if (summary.Faults.Count == 0)
        {
            return;
        }

        text.Append("\n### What was broken on purpose\n\n");
        text.Append("| fault | how real | applied / eligible | noticed after | by | back after lifting | state |\n");
        text.Append("|---|---|---:|---:|---|---:|---|\n");
        foreach (var fault in summary.Faults.Take(MostRows))
        {
            var back = Wording.Censored(fault.ResidualRecovery, fault.Censored);
            var noticed = Wording.Censored(fault.DetectedAfterInjection, fault.UndetectedFor);
            var by = fault.DetectedBy is { } who ? Markdown.Text(who) : "";
            by += fault.DetectionShared is { } shared ? $", or of {string.Join(", ", shared.Select(Markdown.Code))}" : "";
            text.Append(CultureInfo.InvariantCulture,
                $"| {Markdown.Code(fault.Id)} | {fault.Fidelity} | {fault.Applied} / {fault.Eligible} | {noticed} | {by} | "
                    + $"{back} | {fault.State} |\n");
        }

        More(text, summary.Faults.Count);
        if (summary.Hypothesis is { } hypothesis)
        {
            text.Append($"\n{Markdown.Text(RecoveryText.Of(hypothesis))}\n");
        }

        foreach (var fault in summary.Faults.Where(fault => fault.Impact is not null).Take(MostRows))
        {
            text.Append($"\n<details><summary>Recovery and cost of {Markdown.Text(fault.Id)}</summary>\n\n");
            text.Append(RecoveryTable(fault)).Append("\n</details>\n");
        }
    }

    /// <summary>Name, value and formula of everything that is known of one fault.</summary>
    internal static string RecoveryTable(FaultSummary fault) => "| | seen | how it is made |\n|---|---:|---|\n"
        + string.Concat(RecoveryText.Of(fault).Select(row => $"| {row.Name} | {Markdown.Text(row.Value)} | {Markdown.Text(row.Formula)} |\n"));

    private static void Outcomes(StringBuilder text, Summary summary)
    {
        text.Append("\n### How requests ended\n\n| outcome | requests |\n|---|---:|\n");
        foreach (var (name, count) in summary.Counts.Where(count => count.Value > 0 || count.Key == "arrivals"))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {count} |\n");
        }
    }

    private static void Footer(StringBuilder text, RunReport run)
    {
        var summary = run.Summary;
        var lag = summary.Generator.DispatchLag.P99 is { } late ? $"p99 dispatch lag {Wording.Duration(late)}; " : "";
        var rate = summary.Generator.AchievedOverPlanned is { } share ? $"{Wording.Percent(share)} of the planned rate; " : "";
        text.Append("\n<details><summary>How this was measured, and how to repeat it</summary>\n\n");
        text.Append(run.Manifest.Import is not null && !run.Measurements.Run.OpenWorkload ? "- Generator: the file does not tell when requests were due, and so not how late they were.\n"
            : $"- Generator: {lag}{rate}{(summary.Generator.Limited.Count == 0 ? "it was not the limit." : "it was the limit.")}\n");
        text.Append(Html.ReportFacts.CalibrationSentence(run) is { } calibration ? $"- {calibration}\n" : "");
        text.Append(run.Measurements.Tokens.Sentence() is { } tokens ? $"- {tokens}\n" : "");
        text.Append(run.Measurements.Run.OpenWorkload
            ? "- Open workload: latencies count from the planned send time, so that a stalled target cannot hide its queue.\n"
            : run.Manifest.Import is not null ? "- Imported: latencies count from the send, which hides the wait of a request that was sent late.\n"
            : "- Closed workload: latencies count from the send; the next request waits for the last answer.\n");
        text.Append("- In gates a request that failed, was refused, timed out or was never sent is infinitely late. ");
        text.Append("Percentiles are of type 7; bounds are one-sided at 95 %.\n");
        foreach (var target in run.Manifest.Targets)
        {
            text.Append($"- {target.Role}: {Markdown.Code(target.Name)} ({Markdown.Text(target.Type)}, "
                + $"{Markdown.Code(target.Location)})\n");
        }

        text.Append($"- Plan {Markdown.Code(summary.PlanSha256)}, chaosbench {Markdown.Text(summary.ToolVersion)}\n\n");
        text.Append($"```sh\n{Replay.Command(run)}\n```\n\n</details>\n");
    }

    private static void More(StringBuilder text, int count) =>
        text.Append(count > MostRows ? string.Create(CultureInfo.InvariantCulture, $"\n{count - MostRows} more are in "
            + $"summary.json.\n") : "");

    private static string Mark(FindingVerdict verdict) => verdict switch
    {
        FindingVerdict.Pass => "✅ held",
        FindingVerdict.Fail => "❌ broken",
        _ => "❔ unclear",
    };

    private static string Seconds(long nanos) => Nanos.ToSeconds(nanos).ToString("0.#", CultureInfo.InvariantCulture) + " s";

    private static string Safe(string name) =>
        string.Concat(name.Take(80).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' ? letter : '-')).Trim('-');
}
