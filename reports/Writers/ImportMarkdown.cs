using System.Text;
using ChaosBench.Reports.Importing;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Writers;

/// <summary>Of an imported run: where it comes from, what its numbers mean, what its tool published beside what the requests give.</summary>
internal static class ImportMarkdown
{
    private const int MostFigures = 60;
    private const int MostNotes = 20;

    public static void Append(StringBuilder text, RunReport run)
    {
        if (run.Manifest.Import is not { } import)
        {
            return;
        }

        text.Append($"\n### Measured by {Markdown.Text(import.Tool)}{(import.ToolVersion is { } version ? " " + Markdown.Text(version) : "")}\n\n");
        text.Append(string.Concat(import.Files.Select(file => $"- file {Markdown.Code(file.Name)}, SHA-256 {Markdown.Code(file.Sha256)}, format {Markdown.Code(import.Format)}\n")));
        text.Append(import.Partial ? "- **Only a part of the file could be read.**\n" : "");
        text.Append(string.Concat(import.Definitions.Select(pair => $"- {Markdown.Code(pair.Key)} is {Markdown.Code(pair.Value)}: {Markdown.Text(MetricDefinitions.Say(pair.Value))}\n")));
        text.Append(import.Untold.Count > 0 ? $"- the file does not tell: {Markdown.Text(string.Join(", ", import.Untold))}\n" : "");
        text.Append(string.Concat(import.Notes.Take(MostNotes).Select(note => $"- {Markdown.Text(note)}\n")));
        if (import.Figures.Count == 0)
        {
            return;
        }

        text.Append("\n| definition | | published | recomputed | |\n|---|---|---:|---:|---|\n");
        foreach (var figure in import.Figures.Take(MostFigures))
        {
            var own = figure.Recomputed is { } value ? ImportWords.Exact(value, figure.Unit) : "";
            text.Append($"| {Markdown.Code(figure.Definition)} | {Markdown.Text(figure.Statistic)} | {ImportWords.Exact(figure.Value, figure.Unit)} | {own} | {ImportWords.Difference(figure)} |\n");
        }

        text.Append(import.Figures.Count > MostFigures ? FormattableString.Invariant($"\n{import.Figures.Count - MostFigures} more are in summary.json.\n") : "");
        text.Append(ImportWords.Agreement(import) is { } sentence ? $"\n{sentence}\n" : "");
    }
}
