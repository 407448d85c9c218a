using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html.Page;

/// <summary>What was asked and what was seen, one row an objective.</summary>
internal static class FindingsSection
{
    private const int MaxRows = 500;
    private const int MaxAccounts = 20;

    private static readonly string[] Heads =
        ["Verdict", "Asked", "#Seen", "#Limit", "", "#Interval", "What it means"];

    public static Markup Of(ReportModel model)
    {
        var findings = model.Summary.Findings;
        var asked = findings.Where(finding => FindingKinds.Fails(finding.Kind) || finding.Kind == FindingKinds.Waived).ToList();
        var about = findings.Except(asked).ToList();
        var several = model.TargetNames.Count > 1;
        var body = Markup.Of($"""
            {(asked.Count == 0 ? Nothing : Table("Gates and expectations", asked, several))}
            {findings.Where(finding => finding.Verdict == FindingVerdict.Fail && FindingKinds.Fails(finding.Kind)).Take(MaxAccounts).Select(finding => Account(finding, model))}
            {Markup.If(model.Facts.Criteria.Count > 0, () => Plain(model))}
            {Markup.If(about.Count > 0, () => Markup.Of($"""<h3>Was the run itself sound?</h3>{Table("Conditions of the run", about, several)}"""))}
            """);
        return Parts.Section("findings", "What was asked, what was seen", Lead(asked), body);
    }

    /// <summary>Of what failed: promised, seen, by how much, how sure, and how to see it again.</summary>
    private static Markup Account(Finding finding, ReportModel model) => Markup.Of($"""
        <h3>Broken: <code>{finding.Objective}</code></h3>
        <dl class="facts">
        {Criteria.Account(finding).Select(line => Markup.Of($"<div><dt>{line.Name}</dt><dd>{line.Text}</dd></div>"))}
        {Markup.If(model.Facts.ReplayCommand is not null, () => Markup.Of($"<div><dt>Again</dt><dd><code>{model.Facts.ReplayCommand}</code></dd></div>"))}
        </dl>
        """);

    private static Markup Plain(ReportModel model) => Markup.Of($"""
        <details><summary>The gates in plain words</summary>
        <ul>{model.Facts.Criteria.Take(MaxRows).Select(sentence => Markup.Of($"<li>{sentence}</li>"))}</ul>
        </details>
        """);

    private static Markup Nothing => Markup.Of($"""
        <p class="empty">No gate was judged: the scenario has none, or the run ended before there was anything to judge.</p>
        """);

    private static Markup Table(string caption, List<Finding> findings, bool several) => Markup.Of($"""
        {Parts.Table(caption, Heads, findings.Take(MaxRows).Select(finding => Row(finding, several)))}
        {Markup.If(findings.Count > MaxRows, () => Markup.Of($"<p>{Show.Count(findings.Count - MaxRows)} more are in summary.json.</p>"))}
        """);

    private static string Lead(List<Finding> findings)
    {
        var parts = new[]
        {
            Part(findings, FindingVerdict.Fail, "broken"), Part(findings, FindingVerdict.Inconclusive, "undecided"),
            Part(findings, FindingVerdict.Pass, "held"),
        };
        return findings.Count == 0 ? "" : $"{Show.Count(findings.Count)} objectives: {string.Join(", ", parts.Where(part => part.Length > 0))}.";
    }

    private static string Part(List<Finding> findings, FindingVerdict verdict, string word) =>
        findings.Count(finding => finding.Verdict == verdict) is > 0 and var count ? $"{Show.Count(count)} {word}" : "";

    private static Markup Row(Finding finding, bool several) => Markup.Of($"""
        <tr>
        <td>{Parts.Chip(finding.Verdict)}</td>
        <th scope="row" class="asked"><code>{finding.Objective}</code><span class="sub">{Show.Words(finding.Kind)} · {PhaseWords(finding.Phase)}{(several ? " · " + finding.Target : "")}</span></th>
        <td class="num strong" data-label="Seen">{Observed(finding)}{Baseline(finding)}</td>
        <td class="num" data-label="Limit">{Show.Value(finding.Limit, finding.Unit)}</td>
        <td class="gauge">{Gauge(finding)}</td>
        <td class="num" data-label="Interval">{Bounds(finding)}</td>
        <td class="advice">{finding.Advice}</td>
        </tr>

        """);

    private static string PhaseWords(string phase) => phase == "all" ? "all phases" : $"{Show.Words(phase)} phase";

    private static string Observed(Finding finding) => finding.Observed switch
    {
        null => "not measured",
        _ => Show.Value(finding.Observed, finding.Unit),
    };

    private static Markup Baseline(Finding finding) => finding.BaselineObserved is { } baseline
        ? Markup.Of($"""<span class="sub">baseline {Show.Value(baseline, finding.BaselineUnit ?? "")}</span>""")
        : Markup.Empty;

    private static Markup Bounds(Finding finding)
    {
        if (finding.Interval is not { } interval)
        {
            return Markup.Of($"""{Show.Absent}<span class="sub">{Samples(finding)}</span>""");
        }

        var (low, high) = (Show.Value(interval.Low, finding.Unit), Show.Value(interval.High, finding.Unit));
        var range = (interval.Low, interval.High) switch
        {
            (null, null) => Show.Absent,
            (null, _) => $"at most {high}",
            (_, null) => $"at least {low}",
            _ => $"{low} to {high}",
        };
        return Markup.Of($"""{range}<span class="sub">{Samples(finding)}</span><span class="sub">{Show.Share(interval.Confidence)}, {Show.Words(interval.Method)}</span>""");
    }

    private static string Samples(Finding finding) => finding.Kind == FindingKinds.Baseline ? $"worth {Show.Count(finding.Samples)} independent values"
        : finding.BaselineObserved is not null
        ? $"{Show.Count(finding.Samples)} pairs of blocks"
        : $"{Show.Count(finding.Samples)} {(finding.Samples == 1 ? "sample" : "samples")}";

    /// <summary>A picture of the same numbers: the interval as a bar, the observation as a dot, the limit as a line.</summary>
    private static Markup Gauge(Finding finding)
    {
        double?[] all = [finding.Observed, finding.Limit, finding.Interval?.Low, finding.Interval?.High];
        var known = all.OfType<double>().Where(double.IsFinite).ToArray();
        if (known.Length < 2 || finding.Limit is not { } limit || !double.IsFinite(limit))
        {
            return Markup.Empty;
        }

        var (low, high) = (known.Min(), known.Max());
        var pad = Math.Max((high - low) * 0.2, Math.Max(Math.Abs(high) * 0.02, 1e-9));
        double At(double value) => 2 + 92 * Math.Clamp((value - low + pad) / (high - low + 2 * pad), 0, 1);
        var tone = finding.Verdict switch { FindingVerdict.Pass => "pass", FindingVerdict.Fail => "fail", _ => "unsure" };
        var bar = Markup.If(finding.Interval is not null, () =>
        {
            var from = At(finding.Interval!.Low ?? low - pad);
            var to = At(finding.Interval.High ?? high + pad);
            return Markup.Of($"""<rect class="bar {tone}" x="{Math.Min(from, to)}" y="7" width="{Math.Max(Math.Abs(to - from), 1)}" height="6" rx="2"/>""");
        });
        var dot = finding.Observed is { } seen && !double.IsNaN(seen)
            ? Markup.Of($"""<circle class="dot {tone}" cx="{At(seen)}" cy="10" r="3.5"/>""")
            : Markup.Empty;
        return Markup.Of($"""
            <svg viewBox="0 0 96 20" width="96" height="20" aria-hidden="true"><path class="axis" d="M2 10H94"/>{bar}<path class="limit" d="M{At(limit)} 2V18"/>{dot}</svg>
            """);
    }
}
