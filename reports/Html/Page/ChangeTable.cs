using ChaosBench.Reports.Comparing;

namespace ChaosBench.Reports.Html.Page;

/// <summary>What is other in two versions or two runs, and folded below it what is alike.</summary>
internal static class ChangeTable
{
    private const int Most = 80;

    /// <param name="before">What the two sides are called, <c>Baseline</c> and <c>Candidate</c> for example.</param>
    public static Markup Of(IReadOnlyList<Change> changes, IReadOnlyList<Change> alike, string before, string after) => Markup.Of($"""
        <p class="changed">{ChangeWords.Sentence(changes, alike)}</p>
        {Markup.If(changes.Count > 0, () => Markup.Of($"""<div class="sides">{Parts.Table("What is different", ["What", before, after], changes.Take(Most).Select(change => Differs(change, before, after)))}</div>"""))}
        {Markup.If(changes.Count > Most, () => Markup.Of($"""<p class="note">{Show.Count(changes.Count - Most)} more are different.</p>"""))}
        {Markup.If(alike.Count > 0, () => Parts.Details(FormattableString.Invariant($"What is the same ({alike.Count})"), Markup.Of(
            $"""<div class="sides">{Parts.Table("What is the same", ["What", "Both"], alike.Take(Most).Select(Same))}</div>""")))}

        """);

    private static Markup Differs(Change change, string before, string after) =>
        Markup.Of($"<tr>{Named(change)}{Value(change.Before, before)}{Value(change.After, after)}</tr>\n");

    private static Markup Same(Change fact) => Markup.Of($"<tr>{Named(fact)}{Value(fact.Before, "")}</tr>\n");

    private static Markup Named(Change change) =>
        Markup.Of($"""<th scope="row">{Kind(change)}{ChangeWords.NameOf(change.Where)}</th>""");

    private static Markup Kind(Change change) => Markup.If(
        change.What != change.Where, () => Markup.Of($"""<span class="sub block">{ChangeWords.KindOf(change.What)}</span>"""));

    private static Markup Value(string? value, string side) => value is not null && ChangeWords.IsHash(value)
        ? Markup.Of($"""<td data-label="{side}"><code title="{value}">{ChangeWords.ValueOf(value)}</code></td>""")
        : value is null ? Markup.Of($"""<td data-label="{side}" class="empty">nothing</td>""")
        : Markup.Of($"""<td data-label="{side}"><code>{value}</code></td>""");
}
