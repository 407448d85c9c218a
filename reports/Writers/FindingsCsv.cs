using System.Globalization;
using System.Text;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Writers;

/// <summary><c>findings.csv</c> (RFC 4180): one row a finding, for spreadsheets and dashboards.</summary>
public sealed class FindingsCsv : IReportWriter
{
    private static readonly string[] Columns =
    [
        "scenario", "kind", "objective", "phase", "target", "verdict", "reason_code", "observed", "limit", "unit", "low", "high",
        "confidence", "method", "samples", "advice",
    ];

    public string FileName => "findings.csv";

    public string Render(RunReport run)
    {
        var text = new StringBuilder(string.Join(',', Columns)).Append('\n');
        foreach (var finding in run.Summary.Findings)
        {
            string[] cells =
            [
                run.Summary.Scenario, finding.Kind, finding.Objective, finding.Phase, finding.Target, Kebab.Of(finding.Verdict),
                finding.ReasonCode, Number(finding.Observed), Number(finding.Limit), finding.Unit, Number(finding.Interval?.Low),
                Number(finding.Interval?.High), Number(finding.Interval?.Confidence), finding.Interval?.Method ?? "",
                finding.Samples.ToString(CultureInfo.InvariantCulture), finding.Advice,
            ];
            text.AppendJoin(',', cells.Select(Cell)).Append('\n');
        }

        return text.ToString();
    }

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    /// <summary>
    /// Quoted where it must be. A cell that a spreadsheet would run as a formula starts with an apostrophe; numbers keep their sign.
    /// </summary>
    private static string Cell(string hostile)
    {
        var plain = SafeText.Visible(hostile);
        var formula = plain.Length > 0 && plain[0] is '=' or '+' or '-' or '@'
            && !double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        plain = formula ? "'" + plain : plain;
        return plain.AsSpan().ContainsAny('"', ',') ? $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : plain;
    }
}
