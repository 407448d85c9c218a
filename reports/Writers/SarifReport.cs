using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Writers;

/// <summary>
/// <c>findings.sarif</c> (SARIF 2.1.0): what did not hold, placed at the line of the scenario file that asked for it. A code host's
/// list of alerts shows it and closes it when a later run holds.
/// </summary>
/// <param name="lineOf">Line of an objective in the scenario file, from 1; null where it is not known.</param>
public sealed class SarifReport(Func<string, int?>? lineOf = null) : IReportWriter
{
    /// <summary>Code hosts show a message of this length whole.</summary>
    private const int MaxMessage = 1000;

    public string FileName => "findings.sarif";

    public string Render(RunReport run)
    {
        var told = run.Summary.Findings.Where(finding => finding.Verdict != FindingVerdict.Pass && finding.Kind != FindingKinds.Info).ToList();
        var rules = told.Select(RuleId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var log = new JsonObject
        {
            ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(new JsonObject
            {
                ["tool"] = new JsonObject
                {
                    ["driver"] = new JsonObject
                    {
                        ["name"] = "ChaosBench",
                        ["version"] = run.Summary.ToolVersion,
                        ["rules"] = new JsonArray([.. rules.Select(Rule)]),
                    },
                },
                ["automationDetails"] = new JsonObject { ["id"] = $"chaosbench/{Words(run.Summary.Scenario)}/" },
                ["invocations"] = new JsonArray(new JsonObject
                {
                    ["executionSuccessful"] = run.Summary.Verdict is RunVerdict.Pass or RunVerdict.Fail or RunVerdict.Inconclusive,
                    ["exitCode"] = run.Summary.ExitCode,
                }),
                ["results"] = new JsonArray([.. told.Select(finding => Result(finding, rules, run))]),
            }),
        };
        return RunFiles.ToJson(log);
    }

    private static string RuleId(Finding finding) => $"chaosbench/{finding.Kind}/{finding.ReasonCode}";

    private static JsonObject Rule(string id)
    {
        var (kind, reason) = id.Split('/') is [_, var first, var second] ? (first, second) : throw new System.Diagnostics.UnreachableException();
        var text = $"A {kind} of the scenario: {reason.Replace('-', ' ')}.";
        return new JsonObject
        {
            ["id"] = id,
            ["shortDescription"] = new JsonObject { ["text"] = text },
            ["properties"] = new JsonObject { ["tags"] = new JsonArray(kind) },
        };
    }

    private JsonObject Result(Finding finding, List<string> rules, RunReport run)
    {
        var fails = finding.Verdict == FindingVerdict.Fail;
        var id = RuleId(finding);
        var result = new JsonObject
        {
            ["ruleId"] = id,
            ["ruleIndex"] = rules.IndexOf(id),
            // Info never gets here; a guard or gate that is broken is an error, what could not be decided is to be looked at.
            ["kind"] = fails ? "fail" : "review",
            ["level"] = fails ? "error" : "none",
            ["message"] = new JsonObject { ["text"] = $"{Words(finding.Objective)} [{finding.Phase}]: {Words(finding.Advice)}" },
            ["locations"] = new JsonArray(new JsonObject
            {
                ["physicalLocation"] = new JsonObject
                {
                    ["artifactLocation"] = new JsonObject { ["uri"] = Uri(run.Manifest.ScenarioFile) },
                    ["region"] = new JsonObject { ["startLine"] = lineOf?.Invoke(finding.Objective) ?? 1 },
                },
            }),
            ["partialFingerprints"] = new JsonObject { ["chaosbench/v1"] = Fingerprint(finding, run) },
        };
        return result;
    }

    /// <summary>The same gate of the same scenario is the same alert, whatever was measured.</summary>
    private static string Fingerprint(Finding finding, RunReport run) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', run.Summary.Scenario, finding.Kind, finding.Target, finding.Phase, finding.Objective))));

    /// <summary>A relative reference with forward slashes, percent-encoded; alert lists show no other place.</summary>
    private static string Uri(string path) =>
        string.Join('/', path.Replace('\\', '/').TrimStart('/').Split('/').Select(part => System.Uri.EscapeDataString(Words(part))));

    private static string Words(string hostile) => SafeText.Visible(hostile, MaxMessage);
}
