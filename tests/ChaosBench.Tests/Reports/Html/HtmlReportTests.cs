using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Tests.Reports.Html;

public sealed partial class HtmlReportTests
{
    [Fact]
    public void Write_Twice_GivesTheSameBytes() => Assert.Equal(new SampleRun().Report(), new SampleRun().Report());

    [Fact]
    public void Write_Policy_HoldsExactlyTheHashesOfTheScripts()
    {
        var page = new SampleRun().Report();

        var scripts = Scripts().Matches(page).Select(match => "'sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(match.Groups[1].Value))) + "'");

        Assert.Contains($"script-src {string.Join(' ', scripts)};", WebUtility.HtmlDecode(page[..2000]), StringComparison.Ordinal);
        Assert.Equal(2, scripts.Count());
        Assert.DoesNotContain("unsafe-eval", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HostileEverywhere_AddsNoElementAndNoAttribute()
    {
        var page = new SampleRun { Hostile = HostileText.Everything }.Report();

        var own = page.Replace(Scripts().Matches(page)[0].Groups[1].Value, "", StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(own, "<script"));
        Assert.Equal(3, Regex.Count(own, "</script"));
        Assert.DoesNotContain("<img", own, StringComparison.Ordinal);
        Assert.DoesNotContain("<svg onload", own, StringComparison.Ordinal);
        Assert.DoesNotMatch(Unsafe(), own);
    }

    [Fact]
    public void Write_Hostile_DataIsPlainAsciiJson()
    {
        var page = new SampleRun { Hostile = HostileText.Everything }.Report();
        var data = Data().Match(page).Groups[1].Value;

        Assert.All(data, letter => Assert.True(char.IsAscii(letter) && letter is not ('<' or '>' or '&')));
        using var json = JsonDocument.Parse(data);
        Assert.Contains("⟨U+202E⟩", json.RootElement.GetProperty("faults")[0].GetProperty("name").GetString() + "⟨U+202E⟩", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunVerdict.Pass, "Yes")]
    [InlineData(RunVerdict.Fail, "No")]
    [InlineData(RunVerdict.Inconclusive, "Cannot tell")]
    [InlineData(RunVerdict.Error, "Cannot tell")]
    [InlineData(RunVerdict.Aborted, "Cannot tell")]
    [InlineData(RunVerdict.Cancelled, "Cannot tell")]
    public void Write_Verdict_AnswersTheQuestionInTheTitle(RunVerdict verdict, string answer)
    {
        var page = new SampleRun().Report(new SampleRun().Judged() with { Verdict = verdict });

        Assert.Contains($"<title>{answer}: steady-with-mischief", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NothingInTheJournal_IsStillAReport()
    {
        using var text = new StringWriter();
        var summary = new SampleRun().Judged() with
        {
            Verdict = RunVerdict.Error, Findings = [], Faults = [], Targets = new Dictionary<string, TargetSummary>(),
            Counts = new Dictionary<string, long>(), Reasons = ["The journal is empty."],
        };

        HtmlReport.Write(summary, new ReportFacts(), Array.Empty<JournalEvent>(), text);

        Assert.Contains("The journal is empty.", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Run_TellsWhatWasRunAndHowToRepeatIt()
    {
        var manifest = new Manifest
        {
            ToolVersion = "0.1.0", StartedUtc = DateTimeOffset.UnixEpoch, Scenario = "s", ScenarioFile = "scenarios.yaml", ScenarioSha256 = "9f2c",
            ResolvedScenario = JsonDocument.Parse("""{ "description": "Tickets." }""").RootElement, Seed = 1, PlanSha256 = "b194",
            Targets = [new("candidate", "triage-v1", "onnx", "models/triage-v1", new Dictionary<string, string> { ["model sha-256"] = "41d0" })],
            Machine = new MachineFacts("Debian 12", "x64", "10.0.0", null, 2, 8L << 30),
        };

        var facts = ReportFacts.Of(new RunReport(manifest, Measurements.Fold(new SampleRun().Events()), new SampleRun().Judged(), []));

        Assert.Equal("Tickets.", facts.Description);
        Assert.Equal(4, facts.Gates.Count);
        Assert.StartsWith("chaosbench run scenarios.yaml", facts.ReplayCommand, StringComparison.Ordinal);
        Assert.Contains(new KeyValuePair<string, string>("candidate model sha-256", "41d0"), facts.Manifest);
        Assert.Contains(new KeyValuePair<string, string>("processor", "unknown, 2 cores, 8 GiB"), facts.Manifest);
    }

    [Fact]
    public void Write_EverythingARunCanHave_HasASectionForIt()
    {
        var page = new SampleRun { WithBaseline = true, Accuracy = 0.4 }.Report();

        Assert.All(
            new[] { "findings", "figures", "changes", "time", "latency", "cohorts", "outcomes", "answers", "faults", "generator", "story", "postmortem", "definitions", "facts" },
            id => Assert.Contains($"<section id=\"{id}\"", page, StringComparison.Ordinal));
        Assert.Contains("Users would have seen fail", page, StringComparison.Ordinal);
        Assert.Contains("Error budget burned", page, StringComparison.Ordinal);
        Assert.Contains("Cost of a thousand good answers", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WrongAnswer_MarksTheWordThatIsOther()
    {
        var page = new SampleRun { Accuracy = 0 }.Report();

        Assert.Contains("<del>late</del><ins>refund</ins>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TablesAndPlots_HaveWordsForThoseWhoCannotSeeThem()
    {
        var page = new SampleRun { WithBaseline = true }.Report();
        var own = page.Replace(Scripts().Matches(page)[0].Groups[1].Value, "", StringComparison.Ordinal);

        Assert.Equal(Regex.Count(own, "<table>"), Regex.Count(own, "<caption>[^<]"));
        var plots = Regex.Matches(own, "data-chart=\"([a-z0-9]+)\" role=\"img\" aria-label=\"([^\"]*)\"");
        Assert.Equal(Regex.Count(own, "class=\"chart\" data-chart=\""), plots.Count);
        Assert.All(plots, plot => Assert.True(plot.Groups[2].Value.Length > 40, plot.Value));
        Assert.Matches("data-chart=\"ttft\"[^>]*p99 of triage-v2 lay between [0-9.]+", own);
    }

    [Fact]
    public void Write_TenMegabytesOfAnswer_StaysSmallAndSaysHowMuchIsMissing()
    {
        var page = new SampleRun { Accuracy = 0, Flood = new string('x', 10_000_000) }.Report();

        Assert.InRange(page.Length, 1, 3_000_000);
        Assert.Contains("more characters)", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_RunOfEverything_IsBelowThreeMegabytes()
    {
        // Two versions, hundreds of kinds of requests, and the most points that a plot has.
        var page = new SampleRun { WithBaseline = true, PerSecond = 20, FaultSeconds = 550, Kinds = 40 }.Report();

        Assert.InRange(Encoding.UTF8.GetByteCount(page), 1_000_000, 3_000_000);
    }

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("<script type=\"application/json\" id=\"plot-data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();

    /// <summary>Controls, bidirectional overrides and lone surrogates, raw.</summary>
    [GeneratedRegex("[\0-\u0008\u000b-\u001f\u200b\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")]
    private static partial Regex Unsafe();
}
