using System.Globalization;
using System.Text;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Writers;

/// <summary>The part of <c>report.md</c> with findings that were judged part by part.</summary>
internal static class PartMarkdown
{
    private const int MostRows = 50;

    public static void Append(StringBuilder text, RunReport run)
    {
        foreach (var finding in run.Summary.Findings.Where(finding => finding.Parts is { Count: > 0 }))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n<details><summary>{Markdown.Text(finding.Objective)}, part by part</summary>\n\n| part | verdict | seen | from | to | rests on |\n|---|---|---:|---:|---:|---:|\n");
            foreach (var part in finding.Parts!.Take(MostRows))
            {
                string Value(double? value) => value is { } number ? Markdown.Text(Wording.Quantity(number, finding.Unit)) : "";
                text.Append(CultureInfo.InvariantCulture, $"| {Markdown.Text(part.Name)} | {part.Verdict.ToString().ToLowerInvariant()} | {Value(part.Observed)} | {Value(part.Low)} | {Value(part.High)} | {part.Samples} |\n");
            }

            text.Append("\n</details>\n");
        }
    }
}
