using ChaosBench.Reports.Verdicts;

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
            : Markup.Of($"""<div class="fault-cards">{faults.Take(MaxCards).Select(Card)}</div>""");
        return Parts.Section("faults", "What was broken on purpose", faults.Count == 0 ? "" : "Times to detect and recover count from the start of the fault; the residual from its end.", body);
    }

    private static Markup Card(FaultSummary fault) => Markup.Of($"""
        <article class="fault-card">
        <header><h3>{fault.Id}</h3><p class="sub"><code>{fault.Fault}</code> · {Show.Words(fault.Vantage)} · per {Show.Words(fault.Scope)} · {fault.Fidelity} · {TimeSection.Clock(fault.Start)} to {TimeSection.Clock(fault.End)} · {Show.Words(fault.State)}</p></header>
        <dl class="funnel">
        {Step("Could have been hit", fault.Eligible, fault.Eligible)}
        {Step("Chosen by the seed", fault.Selected, fault.Eligible)}
        {Step("Really hit", fault.Applied, fault.Eligible)}
        {Markup.If(fault.Bypassed > 0, () => Step("Chosen but missed", fault.Bypassed, fault.Eligible))}
        </dl>
        <dl class="times">
        {Time("Users felt it after", fault.TimeToImpact)}
        {Time(fault.DetectedBy is null ? "Detected after" : $"Detected by {fault.DetectedBy} after", fault.TimeToDetect)}
        {Time("Steady again after", fault.TimeToRecover)}
        {Residual(fault)}
        </dl>
        </article>

        """);

    private static Markup Step(string name, long count, long of) => Markup.Of($"""
        <div><dt>{name}</dt><dd><svg viewBox="0 0 96 10" width="96" height="10" aria-hidden="true" preserveAspectRatio="none"><rect class="track" width="96" height="10" rx="2"/><rect class="fill" width="{(of > 0 ? 96.0 * Math.Clamp((double)count / of, 0, 1) : 0)}" height="10" rx="2"/></svg> {Show.Count(count)}</dd></div>
        """);

    private static Markup Time(string name, double? seconds) => Markup.Of($"<div><dt>{name}</dt><dd>{Show.Seconds(seconds)}</dd></div>");

    private static Markup Residual(FaultSummary fault) => fault.Censored is { } watched
        ? Markup.Of($"""<div class="bad"><dt>Harm left after its end</dt><dd>more than {Show.Seconds(watched)}: not recovered while watched</dd></div>""")
        : Time("Harm left after its end", fault.ResidualRecovery);
}
