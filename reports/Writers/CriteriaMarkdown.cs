using System.Globalization;
using System.Text;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Writers;

/// <summary>The part of <c>report.md</c> with the criteria in plain words and the account of what failed.</summary>
internal static class CriteriaMarkdown
{
    private const int MostLines = 20;

    public static void Append(StringBuilder text, RunReport run)
    {
        foreach (var finding in run.Summary.Findings.Where(finding => finding.Verdict == FindingVerdict.Fail && FindingKinds.Fails(finding.Kind)).Take(MostLines))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### Broken: {Markdown.Code(finding.Objective)}\n\n");
            foreach (var (name, said) in Criteria.Account(finding))
            {
                text.Append(CultureInfo.InvariantCulture, $"- {name}: {Markdown.Text(said)}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"- Again: {Markdown.Code(Replay.Command(run))}\n");
        }

        var gates = run.Measurements.Run.Gates;
        if (gates.Count == 0)
        {
            return;
        }

        text.Append("\n<details><summary>The gates in plain words</summary>\n\n");
        foreach (var gate in gates.Take(MostLines))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {Markdown.Text(Criteria.Sentence(gate))}\n");
        }

        text.Append("\n</details>\n");
    }
}
