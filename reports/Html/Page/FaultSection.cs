using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Reports.Writers;

namespace ChaosBench.Reports.Html.Page;

/// <summary>What was broken on purpose, whom it met, and how the system came back.</summary>
internal static class FaultSection
{
    private const int MaxCards = 60;

    public static Markup Of(ReportModel model)
    {
        var faults = model.Summary.Faults;
        var body = faults.Count == 0
            ? Markup.Of($"""<p class="empty">No fault was planned: this run shows the system undisturbed.</p>""")
            : Markup.Of($"""{Held(model.Summary.Hypothesis)}<div class="fault-cards">{faults.Take(MaxCards).Select(Card)}</div>""");
        return Parts.Section("faults", "What was broken on purpose", faults.Count == 0 ? "" : "Felt and noticed count from the injection; contained and steady again from when users felt it; harm left from the end of the fault. What never came is given as more than the time that was watched.", body);
    }

    private static Markup Held(HypothesisSummary? hypothesis) => Markup.If(
        hypothesis is not null, () => Markup.Of($"<p>{RecoveryText.Of(hypothesis!)}</p>"));

    private static Markup Card(FaultSummary fault) => Markup.Of($"""
        <article class="fault-card">
        <header><h3>{fault.Id}</h3><p class="sub"><code>{fault.Fault}</code> · {Show.Words(fault.Vantage)} · per {Show.Words(fault.Scope)} · {fault.Fidelity} · {TimeSection.Clock(fault.Start)} to {TimeSection.Clock(fault.End)} · {Show.Words(fault.State)}</p></header>
        <dl class="funnel">
        {Step("Could have been hit", fault.Eligible, fault.Eligible)}
        {Step("Chosen by the seed", fault.Selected, fault.Eligible)}
        {Step("Really hit", fault.Applied, fault.Eligible)}
        {Markup.If(fault.Bypassed > 0, () => Step("Chosen but missed", fault.Bypassed, fault.Eligible))}
        </dl>
        {FaultStrip.Of(fault)}
        <dl class="times">
        {Time("Users felt it after", fault.TimeToImpact, absent: fault.Window is null ? Show.Absent : "they did not")}
        {Time(fault.DetectedBy is null ? "Noticed by nobody; after" : $"Noticed by {fault.DetectedBy}{Kind(fault)} after", fault.DetectedAfterInjection ?? fault.TimeToDetect, fault.UndetectedFor)}
        {Time("Contained itself after", fault.TimeToMitigate, fault.NotMitigatedFor)}
        {Time("Steady again after", fault.TimeToRecover, fault.NotRecoveredFor)}
        {Residual(fault)}
        {Lost(fault)}
        {Bystanders(fault)}
        </dl>
        {Markup.If(fault.Impact is not null, () => Parts.Details("Recovery and cost, with their formulas", Numbers(fault)))}
        </article>

        """);

    private static Markup Step(string name, long count, long of) => Markup.Of($"""
        <div><dt>{name}</dt><dd><svg viewBox="0 0 96 10" width="96" height="10" aria-hidden="true" preserveAspectRatio="none"><rect class="track" width="96" height="10" rx="2"/><rect class="fill" width="{(of > 0 ? 96.0 * Math.Clamp((double)count / of, 0, 1) : 0)}" height="10" rx="2"/></svg> {Show.Count(count)}</dd></div>
        """);

    private static Markup Numbers(FaultSummary fault) => Parts.Table(
        $"Recovery and cost of {fault.Id}", ["", "#Seen", "How it is made"],
        RecoveryText.Of(fault).Select(row => Markup.Of($"""<tr><th scope="row">{row.Name}</th>{Parts.Number(row.Value)}{Parts.Text(row.Formula)}</tr>""")));

    /// <summary>What was not reached says how long it was waited for.</summary>
    private static Markup Time(string name, double? seconds, double? waited = null, string absent = Show.Absent) => Markup.Of(
        $"<div><dt>{name}</dt><dd>{(seconds is { } known ? Show.Seconds(known) : waited is not null ? Wording.Censored(null, waited) : absent)}</dd></div>");

    private static string Kind(FaultSummary fault) => fault.DetectedByKind is { } kind && kind != fault.DetectedBy ? $" ({kind})" : "";

    private static Markup Lost(FaultSummary fault) => fault.Impact is { GoodputLost: { } lost } impact
        ? Markup.Of($"""<div><dt>Good answers lost</dt><dd>{(impact.Censored ? "more than " : "")}{Show.Plain(Math.Round(lost))}{(impact.GoodputLostShare is { } share ? $" ({Show.Share(share)})" : "")}</dd></div>""")
        : Markup.Empty;

    private static Markup Bystanders(FaultSummary fault) => fault.Impact is { BystanderHarm: { } harm, Bystanders: { } others }
        ? Markup.Of($"""<div><dt>Bystanders</dt><dd>{Show.Count(others)}, {(harm <= 0 ? "unharmed" : "bad share " + Show.Value(harm * 100, "pp"))}</dd></div>""")
        : Markup.Empty;

    private static Markup Residual(FaultSummary fault) => fault.Censored is { } watched
        ? Markup.Of($"""<div class="bad"><dt>Harm left after its end</dt><dd>more than {Show.Seconds(watched)}: not recovered while watched</dd></div>""")
        : Time("Harm left after its end", fault.ResidualRecovery);
}
