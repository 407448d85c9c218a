using System.Text;
using System.Text.Json;
using ChaosBench.Reports.Provenance;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Harness.Provenance;

namespace ChaosBench.Tests.Reports.Provenance;

public sealed class RunStatementTests : IDisposable
{
    private static readonly Subject[] Subjects = [new("run/manifest.json", new string('a', 64))];

    private readonly SignedRun _signed = new();

    public void Dispose() => _signed.Dispose();

    /// <summary>Who accepts PASSED and WARNED shall not get a run that could not tell, unless the operator let it count.</summary>
    [Theory]
    [InlineData(RunVerdict.Pass, 0, "PASSED")]
    [InlineData(RunVerdict.Inconclusive, 0, "WARNED")]
    [InlineData(RunVerdict.Inconclusive, 2, "FAILED")]
    [InlineData(RunVerdict.Fail, 1, "FAILED")]
    [InlineData(RunVerdict.Aborted, 3, "FAILED")]
    [InlineData(RunVerdict.Cancelled, 130, "FAILED")]
    public async Task Write_Verdict_IsTheResult(RunVerdict verdict, int exit, string result)
    {
        var run = await _signed.RunAsync();
        var summary = RunFiles.ReadSummary(run) with { Verdict = verdict, ExitCode = exit };

        var statement = RunStatement.Read(RunStatement.Write(RunFiles.ReadManifest(run), summary, Subjects));

        Assert.Equal((result, Kebab.Of(verdict)), (statement.Result, statement.Facts["verdict"]));
        Assert.Equal(Subjects, statement.Subjects);
    }

    [Fact]
    public async Task Write_GatesAndTargets_StandInThePredicate()
    {
        var run = await _signed.RunAsync();
        var summary = RunFiles.ReadSummary(run);
        var finding = new Finding
        {
            Objective = "p95 e2e < 2s", Kind = "gate", Phase = "all", Target = "candidate", Limit = 2, Unit = "s", Samples = 60,
            Verdict = FindingVerdict.Pass, ReasonCode = "held", Advice = "",
        };
        summary = summary with
        {
            Findings = [finding, finding with { Kind = "info", Objective = "told" }, finding with { Kind = "guard", Verdict = FindingVerdict.Fail }, finding with { Verdict = FindingVerdict.Inconclusive }],
        };

        using var document = JsonDocument.Parse(RunStatement.Write(RunFiles.ReadManifest(run), summary, Subjects));

        var predicate = document.RootElement.GetProperty("predicate");
        foreach (var name in new[] { "passedTests", "warnedTests", "failedTests" })
        {
            Assert.Equal("p95 e2e < 2s in all of candidate", Assert.Single(predicate.GetProperty(name).EnumerateArray()).GetString());
        }

        // By in-toto's rules a resource is named by at least one of URI, digest and content.
        Assert.All(predicate.GetProperty("configuration").EnumerateArray(), resource =>
            Assert.True(resource.TryGetProperty("uri", out _) || resource.TryGetProperty("digest", out _), resource.ToString()));
    }

    [Theory]
    [InlineData("", "no in-toto statement")]
    [InlineData("[]", "no in-toto statement")]
    [InlineData("{}", "no in-toto statement")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1"}""", "about 'https://slsa.dev/provenance/v1'")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://in-toto.io/attestation/test-result/v0.1", "predicate": {"result": 1, "configuration": []}, "subject": []}""", "no in-toto statement")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://in-toto.io/attestation/test-result/v0.1", "predicate": {"result": "PASSED", "configuration": [7]}, "subject": []}""", "no in-toto statement")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://in-toto.io/attestation/test-result/v0.1", "predicate": {"result": "PASSED", "configuration": []}, "subject": [{"name": "a"}]}""", "no in-toto statement")]
    public void Read_NoStatementOfARun_IsRefusedInWords(string text, string expected)
    {
        var problem = Assert.Throws<ProvenanceException>(() => RunStatement.Read(Encoding.UTF8.GetBytes(text)));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_StatementThatNamesNothing_IsRefused()
    {
        var statement = new RunStatement { Subjects = [], Result = "PASSED", Facts = new Dictionary<string, string>() };

        Assert.Equal(["the statement names no file"], StatementCheck.Of(statement, new Dictionary<string, string>(), _ => null).Refused);
    }
}
