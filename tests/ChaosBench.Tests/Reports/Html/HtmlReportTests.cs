using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Journal;
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

        ChaosBench.Reports.Html.HtmlReport.Write(summary, new ChaosBench.Reports.Html.ReportFacts(), Array.Empty<JournalEvent>(), text);

        Assert.Contains("The journal is empty.", text.ToString(), StringComparison.Ordinal);
    }

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("<script type=\"application/json\" id=\"plot-data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();

    /// <summary>Controls, bidirectional overrides and lone surrogates, raw.</summary>
    [GeneratedRegex("[\0-\u0008\u000b-\u001f\u200b\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")]
    private static partial Regex Unsafe();
}
