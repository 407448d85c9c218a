using System.Diagnostics;
using System.Text;

namespace ChaosBench.Reports.Writers.Postmortem;

/// <summary>A draft as <c>postmortem.md</c>.</summary>
internal static class DraftMarkdown
{
    public static string Of(Draft draft)
    {
        var text = new StringBuilder();
        text.Append($"# Post-mortem draft: {Markdown.Code(draft.Scenario)}\n\n");
        text.Append($"{draft.Verdict.ToUpperInvariant()}. {Markdown.Text(draft.Headline)}\n");
        foreach (var section in draft.Sections)
        {
            text.Append($"\n## {section.Title}\n");
            foreach (var block in section.Blocks)
            {
                text.Append('\n').Append(Of(block));
            }
        }

        text.Append($"\n## Repeat it\n\n```sh\n{draft.Replay}\n```\n");
        return text.ToString();
    }

    private static string Of(DraftBlock block) => block switch
    {
        DraftBlock.Paragraph paragraph => $"{Of(paragraph.Text)}\n",
        DraftBlock.Points points => string.Concat(points.Items.Select(item => $"- {Of(item)}\n")),
        DraftBlock.Grid grid => Of(grid),
        _ => throw new UnreachableException($"no rule for {block.GetType().Name}"),
    };

    private static string Of(DraftBlock.Grid grid)
    {
        var heads = $"| {string.Join(" | ", grid.Heads.Select(head => head.TrimStart('#')))} |\n"
            + $"|{string.Concat(grid.Heads.Select(head => head.StartsWith('#') ? "---:|" : "---|"))}\n";
        return heads + string.Concat(grid.Rows.Select(row => $"| {string.Join(" | ", row.Select(Of))} |\n"));
    }

    private static string Of(Said said) => string.Concat(said.Parts.Select(part => part.Kind switch
    {
        SaidKind.Plain => Markdown.Text(part.Text),
        SaidKind.Name => Markdown.Code(part.Text),
        SaidKind.Strong => $"**{Markdown.Text(part.Text)}**",
        _ => throw new UnreachableException($"no rule for {part.Kind}"),
    }));
}
