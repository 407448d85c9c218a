using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Reports.Writers;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Writers;

public sealed partial class ExtraWriterTests
{
    private const string Hostile = "=cmd|' /C calc'!A0,\"x\"\r\n</script>\u202e\0\ud800\\ \u001b[2J";

    private static RunReport Report(string name = "steady")
    {
        var run = Some.Run("error_rate <= 1%", "p99 ttft < 0.8", "p99.9 ttft < 0.8") with { Scenario = name };
        var requests = Some.Requests(1200, (arrival, at) =>
            Some.Request(arrival, at, at is >= 22 and < 26 ? Outcome.Failed : Outcome.Completed));
        var measurements = Some.Fold(run, requests);
        return new RunReport(Some.Manifest(name), measurements, Judge.Decide(measurements, new RunFacts()), [run, .. requests]);
    }

    [Fact]
    public void Sarif_WhatDidNotHold_StandsAtItsLineAndWhatHeldDoesNot()
    {
        var report = Report();
        var log = JsonNode.Parse(new SarifReport(objective => objective == "error_rate <= 1%" ? 7 : null).Render(report))!;

        var results = log["runs"]![0]!["results"]!.AsArray();
        var told = report.Summary.Findings.Where(finding => finding.Verdict != FindingVerdict.Pass && finding.Kind != FindingKinds.Info).ToList();
        Assert.NotEmpty(told);
        Assert.Equal(told.Count, results.Count);
        var broken = results.First(result => (string)result!["level"]! == "error")!;
        Assert.StartsWith("error_rate <= 1%", (string)broken["message"]!["text"]!, StringComparison.Ordinal);
        Assert.Equal(7, (int)broken["locations"]![0]!["physicalLocation"]!["region"]!["startLine"]!);
        var held = report.Summary.Findings.First(finding => finding.Verdict == FindingVerdict.Pass);
        Assert.DoesNotContain(results, result => ((string)result!["message"]!["text"]!).StartsWith(
            $"{held.Objective} [{held.Phase}]", StringComparison.Ordinal));
    }

    [Fact]
    public void Sarif_SameGateOtherNumbers_IsTheSameAlert()
    {
        static string[] Prints(RunReport report) =>
            [.. JsonNode.Parse(new SarifReport().Render(report))!["runs"]![0]!["results"]!.AsArray()
                .Select(result => (string)result!["partialFingerprints"]!["chaosbench/v1"]!)];

        var report = Report();
        var other = report with { Summary = report.Summary with { Findings = [.. report.Summary.Findings.Select(one => one with { Observed = 0.5 })] } };

        Assert.Equal(Prints(report), Prints(other));
        Assert.NotEqual(Prints(report), Prints(Report("other")));
    }

    [SkippableTheory]
    [InlineData("steady")]
    [InlineData(Hostile)]
    public void Sarif_AnyName_IsValidAgainstTheSchema(string name)
    {
        var schema = Path.Combine(Repository.Root, "node_modules", "@microsoft", "jest-sarif", "lib", "schemas", "sarif-2.1.0-rtm.5.json");
        Skip.IfNot(File.Exists(schema), "the SARIF schema is missing: build the solution, which fetches the npm parts");

        var said = Ajv.Validate(
            File.ReadAllText(schema),
            ["{\"version\": \"2.1.0\"}", new SarifReport().Render(Report(name)), .. Html.HostileText.Each().Select(hostile => new SarifReport().Render(Report(hostile)))]);

        Assert.StartsWith("invalid", said[0], StringComparison.Ordinal);
        Assert.All(said.Skip(1), one => Assert.Equal("valid", one));
    }

    [Theory]
    [InlineData("steady")]
    [InlineData(Hostile)]
    public void OpenMetrics_EveryLine_IsOfTheFormatAndNoSampleTwice(string name)
    {
        var lines = new OpenMetricsReport().Render(Report(name)).TrimEnd('\n').Split('\n');

        Assert.Equal("# EOF", lines[^1]);
        Assert.All(lines[..^1], line => Assert.Matches(Line(), line));
        var samples = lines.Where(line => line[0] != '#').Select(line => line[..line.LastIndexOf(' ')]).ToList();
        Assert.Equal(samples.Count, samples.Distinct(StringComparer.Ordinal).Count());
        var types = lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).ToList();
        Assert.Equal(types.Count, types.Distinct(StringComparer.Ordinal).Count());
        Assert.Contains(lines, line => line.StartsWith("chaosbench_verdict{", StringComparison.Ordinal)
            && line.EndsWith("chaosbench_verdict=\"fail\"} 1", StringComparison.Ordinal));
    }

    [Fact]
    public void OpenMetrics_Percentiles_AreThoseOfTheSummary()
    {
        var report = Report();

        var text = new OpenMetricsReport().Render(report);

        var expected = report.Summary.Targets[Some.Candidate].Phases["baseline"]["ttft"].P99!.Value.ToString("R", CultureInfo.InvariantCulture);
        Assert.Contains(
            $"chaosbench_ttft_seconds{{scenario=\"steady\",target=\"{Some.Candidate}\",phase=\"baseline\",quantile=\"0.99\"}} {expected}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenMetricsAndCsv_EveryNaughtyName_KeepTheirFormat()
    {
        foreach (var name in Html.HostileText.Each().Concat(["=1+1", "@SUM(A1)", "-2+3", "\t=1", "\r=1"]))
        {
            var lines = new OpenMetricsReport().Render(Report(name)).TrimEnd('\n').Split('\n');
            Assert.All(lines[..^1], line => Assert.Matches(Line(), line));

            var rows = new FindingsCsv().Render(Report(name)).TrimEnd('\n').Split('\n');
            Assert.Equal(Report().Summary.Findings.Count + 1, rows.Length);
            Assert.All(rows.Skip(1), row => Assert.DoesNotContain(row.TrimStart('"')[0], "=+-@\t\r"));
        }
    }

    [Fact]
    public void Csv_HostileNames_AreCellsAndNotFormulas()
    {
        var text = new FindingsCsv().Render(Report(Hostile));

        var rows = text.TrimEnd('\n').Split('\n');
        Assert.Equal(Report().Summary.Findings.Count + 1, rows.Length);
        Assert.All(rows.Skip(1), row => Assert.StartsWith("\"'=cmd|' /C calc'!A0,\"\"x\"\"", row, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', text);
        Assert.Contains("error_rate <= 1%", text, StringComparison.Ordinal);
    }

    [GeneratedRegex("""^(# (TYPE [a-z0-9_]+ (info|gauge|stateset)|HELP [a-z0-9_]+ [^\\]+)|[a-z0-9_]+\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)+\} (\+Inf|-Inf|-?[0-9.]+(E[-+]?[0-9]+)?))$""")]
    private static partial Regex Line();
}
