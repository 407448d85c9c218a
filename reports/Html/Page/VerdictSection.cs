using System.Diagnostics;
using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html.Page;

/// <summary>The answer, in ten seconds: may it be promoted, and why.</summary>
internal static class VerdictSection
{
    public static Markup Of(ReportModel model)
    {
        var summary = model.Summary;
        var (tone, answer, word) = Answer(model);
        return Markup.Of($"""
            <section id="verdict" class="verdict {tone}" aria-labelledby="verdict-title">
            <p class="question">May this model version be promoted?</p>
            <h1 id="verdict-title"><span class="mark">{Parts.Icon(tone)}</span>{answer} <span class="word">{word}</span></h1>
            <p class="headline">{summary.Headline}</p>
            {Reasons(summary)}
            {model.Facts.GateErrors.Select(sentence => Markup.Of($"""<p class="note">{sentence}</p>"""))}
            {Markup.If(summary.Policy is not null, () => Markup.Of($"<p>{summary.Policy!}</p>"))}
            <dl class="facts">
            <div><dt>Scenario</dt><dd>{summary.Scenario}</dd></div>
            {Target("Candidate", model.Candidate)}
            {Target("Baseline", model.Baseline)}
            {Started(model)}
            <div><dt>Healed</dt><dd>{Healed(summary.Healed)}</dd></div>
            <div><dt>Exit code</dt><dd>{summary.ExitCode}</dd></div>
            </dl>
            {Description(model.Facts.Description)}
            </section>

            """);
    }

    /// <summary>Tone of the banner, the short answer, and the verdict's own word.</summary>
    public static (string Tone, string Answer, string Word) Answer(ReportModel model) => model.Summary.Verdict switch
    {
        RunVerdict.Pass when model.Facts.Gates.Count == 0 => ("pass", "Nothing was asked", "pass, no gates"),
        RunVerdict.Pass => ("pass", "Yes", "pass"),
        RunVerdict.Fail => ("fail", "No", "fail"),
        RunVerdict.Inconclusive => ("unsure", "Cannot tell", "inconclusive"),
        RunVerdict.Error => ("stop", "Cannot tell", "the run broke"),
        RunVerdict.Aborted => ("stop", "Cannot tell", "aborted"),
        RunVerdict.Cancelled => ("stop", "Cannot tell", "cancelled"),
        _ => throw new UnreachableException(),
    };

    private static Markup Reasons(Summary summary) => Markup.If(summary.Reasons.Count > 0, () => Markup.Of($"""
        <ul class="reasons">{summary.Reasons.Take(50).Select(reason => Markup.Of($"<li>{reason}</li>"))}</ul>
        """));

    private static Markup Target(string role, string? name) =>
        Markup.If(!string.IsNullOrEmpty(name), () => Markup.Of($"<div><dt>{role}</dt><dd>{name}</dd></div>"));

    private static Markup Started(ReportModel model) => model.Plots.StartedUtc is { } started
        ? Markup.Of($"<div><dt>Started</dt><dd>{started.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC</dd></div>")
        : Markup.Empty;

    private static Markup Description(string? description) =>
        Markup.If(!string.IsNullOrWhiteSpace(description), () => Markup.Of($"""<p class="description">{description}</p>"""));

    private static string Healed(HealState state) => state switch
    {
        HealState.NotNeeded => "nothing to heal",
        HealState.Verified => "yes, and checked",
        HealState.Unverified => "yes, not checked",
        HealState.Failed => "no: something is left behind",
        _ => throw new UnreachableException(),
    };
}
