using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html.Page;

/// <summary>
/// One fault as a strip of time: in place, felt, noticed, contained, steady again.
/// <code>
/// in place  ████████████████            shaded from the injection to the verified end
/// bad           ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓&gt;      from the first bad window to steady again; an arrow where that was never seen
/// marks         F N       C     S
/// </code>
/// </summary>
internal static class FaultStrip
{
    private const double Width = 600;

    private sealed record Mark(string Letter, string Words, double At);

    public static Markup Of(FaultSummary fault)
    {
        var marks = Marks(fault).ToList();
        if (marks.Count == 0)
        {
            return Markup.Empty;
        }

        var lifted = Lifted(fault);
        var impact = fault.TimeToImpact;
        var watched = lifted + (fault.Censored ?? 0);
        var steady = impact + fault.TimeToRecover;
        var reach = Math.Max(Math.Max(watched, steady ?? 0), Math.Max(lifted, marks.Max(mark => mark.At))) * 1.04 + 0.01;
        double At(double seconds) => Math.Clamp(seconds / reach, 0, 1) * (Width - 8) + 4;
        var bad = Markup.If(impact is not null, () => Markup.Of($"""
            <rect class="bad" x="{At(impact!.Value)}" y="13" width="{Math.Max(At(steady ?? reach) - At(impact.Value), 2)}" height="8" rx="2"/>{Markup.If(steady is null, () => Markup.Of($"""<path class="more" d="M{Width - 9} 9l8 8l-8 8"/>"""))}
            """));
        return Markup.Of($"""
            <svg class="strip" viewBox="0 0 600 40" role="img" aria-label="{Words(fault, marks, lifted)}">
            <rect class="held" x="{At(0)}" y="4" width="{Math.Max(At(lifted) - At(0), 2)}" height="26" rx="3"/>
            {bad}
            {marks.Select((mark, at) => Markup.Of($"""<g><title>{mark.Words}</title><path class="tick" d="M{At(mark.At)} 3V31"/><text x="{Math.Clamp(At(mark.At) + Nudge(marks, at, At), 6, Width - 6)}" y="39">{mark.Letter}</text></g>"""))}
            </svg>
            <p class="strip-key sub">Shaded: in place.{Markup.If(impact is not null, () => Markup.Of($" Bar: until steady again, whatever else kept it away."))}{marks.Select(mark => Markup.Of($" <b>{mark.Letter}</b> {mark.Words}."))}</p>
            """);
    }

    /// <summary>Letters of marks that fall together stand beside each other.</summary>
    private static double Nudge(List<Mark> marks, int at, Func<double, double> place) =>
        12 * marks.Take(at).Count(before => Math.Abs(place(before.At) - place(marks[at].At)) < 11);

    private static IEnumerable<Mark> Marks(FaultSummary fault)
    {
        if (fault.TimeToImpact is { } impact)
        {
            yield return new Mark("F", $"felt after {Show.Seconds(impact)}", impact);
        }

        if (fault.DetectedAfterInjection is { } noticed)
        {
            yield return new Mark("N", $"noticed after {Show.Seconds(noticed)}", noticed);
        }

        if (fault is { TimeToImpact: { } from, TimeToMitigate: { } contained })
        {
            yield return new Mark("C", $"contained after {Show.Seconds(from + contained)}", from + contained);
        }

        if (fault is { TimeToImpact: { } felt, TimeToRecover: { } steady })
        {
            yield return new Mark("S", $"steady again after {Show.Seconds(felt + steady)}", felt + steady);
        }
    }

    /// <summary>Verified end, seconds after the injection.</summary>
    private static double Lifted(FaultSummary fault) => Math.Max(0, fault.End - fault.Start);

    private static string Words(FaultSummary fault, List<Mark> marks, double lifted) =>
        $"{fault.Id} was in place for {Show.Seconds(lifted)}; {string.Join("; ", marks.Select(mark => mark.Words))}";
}
