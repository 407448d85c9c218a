using ChaosBench.Reports.Importing;

namespace ChaosBench.Reports.Html.Page;

/// <summary>Of an imported run: what its numbers mean, and what its tool published beside what the requests give.</summary>
internal static class ImportSection
{
    private const int MostFigures = 400;

    public static Markup Of(ReportModel model) => model.Summary.Import is not { } import ? Markup.Empty : Parts.Section(
        "import", $"Measured by {import.Tool}",
        $"{import.Form}, read from {string.Join(" and ", import.Files.Select(file => file.Name))}. {ImportWords.Agreement(import)}", Markup.Of($"""
        {Markup.If(import.Partial, () => Markup.Of($"""<p><strong>Only a part of the file could be read: nothing is decided by it.</strong></p>"""))}
        <ul class="reasons">{import.Notes.Take(40).Select(note => Markup.Of($"<li>{note}</li>"))}</ul>
        {Parts.Table("What the numbers mean", ["number", "definition", "in words"], import.Definitions.Select(Meaning).Concat(import.Untold.Select(Untold)))}
        {Figures("What the tool published, and what its requests give", import.Figures.Where(figure => figure.IsHeadline || !figure.Agrees))}
        {Markup.If(import.Figures.Any(figure => !figure.IsHeadline), () => Parts.Details("Other published figures", Figures("Other published figures", import.Figures.Where(figure => !figure.IsHeadline && figure.Agrees))))}
        {Parts.Table("Files", ["file", "SHA-256", "#bytes"], import.Files.Select(File))}
        """));

    private static Markup Figures(string title, IEnumerable<PublishedFigure> figures) => figures.Take(MostFigures).ToList() is not { Count: > 0 } shown ? Markup.Empty
        : Parts.Table(title, ["definition", "statistic", "#published", "#recomputed", "difference"], shown.Select(Figure));

    private static Markup Meaning(KeyValuePair<string, string> one) => Markup.Of($"""
        <tr><th scope="row"><code>{one.Key}</code></th><td><code>{one.Value}</code></td>{Parts.Text(MetricDefinitions.Say(one.Value))}</tr>

        """);

    private static Markup Untold(string metric) => Markup.Of($"""
        <tr><th scope="row"><code>{metric}</code></th>{Parts.Text("not told")}{Parts.Text("the file does not tell it")}</tr>

        """);

    private static Markup Figure(PublishedFigure figure) => Markup.Of($"""
        <tr><th scope="row"><code>{figure.Definition}</code></th>{Parts.Text(figure.Statistic)}{Parts.Number(ImportWords.Exact(figure.Value, figure.Unit))}{Parts.Number(figure.Recomputed is { } own ? ImportWords.Exact(own, figure.Unit) : "")}{Parts.Text(ImportWords.Difference(figure))}</tr>

        """);

    private static Markup File(ImportedFile file) => Markup.Of($"""
        <tr><th scope="row">{file.Name}</th><td><code>{file.Sha256}</code></td>{Parts.Number(FormattableString.Invariant($"{file.Bytes}"))}</tr>

        """);
}
