using System.Diagnostics;
using ChaosBench.Reports.Writers.Postmortem;

namespace ChaosBench.Reports.Html.Page;

/// <summary>The draft of <c>postmortem.md</c>, to be read beside the plots.</summary>
internal static class PostmortemSection
{
    public static Markup Of(ReportModel model) => Markup.If(model.Facts.Postmortem is not null, () => Parts.Section(
        "postmortem", "Post-mortem, a draft", "Facts are generated, with their times and the lines of the journal; causes stay questions. The same text is in postmortem.md.",
        Markup.Of($"""
            {model.Facts.Postmortem!.Sections.Select((section, at) => Markup.Of($"""
                <details class="draft"{Markup.If(at is 0, () => Markup.Of($" open"))}><summary><h3>{section.Title}</h3></summary>
                {section.Blocks.Select(Of)}</details>

                """))}
            """)));

    private static Markup Of(DraftBlock block) => block switch
    {
        DraftBlock.Paragraph paragraph => Markup.Of($"<p>{Of(paragraph.Text)}</p>\n"),
        DraftBlock.Points points => Markup.Of($"<ul>{points.Items.Select(item => Markup.Of($"<li>{Of(item)}</li>"))}</ul>\n"),
        DraftBlock.Grid grid => Parts.Table(grid.Caption, grid.Heads, grid.Rows.Select(row => Markup.Of($"<tr>{row.Select((cell, at) => Cell(grid.Heads[at], cell))}</tr>\n"))),
        _ => throw new UnreachableException($"no rule for {block.GetType().Name}"),
    };

    private static Markup Cell(string head, Said said) => head.StartsWith('#')
        ? Markup.Of($"""<td class="num">{Of(said)}</td>""") : Markup.Of($"<td>{Of(said)}</td>");

    private static Markup Of(Said said) => Markup.Join(said.Parts.Select(part => part.Kind switch
    {
        SaidKind.Plain => Markup.Of($"{part.Text}"),
        SaidKind.Name => Markup.Of($"<code>{part.Text}</code>"),
        SaidKind.Strong => Markup.Of($"<strong>{part.Text}</strong>"),
        _ => throw new UnreachableException($"no rule for {part.Kind}"),
    }));
}
