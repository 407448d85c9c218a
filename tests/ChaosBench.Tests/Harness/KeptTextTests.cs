using ChaosBench.Reports.Content;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>What a run keeps of prompts and outputs, and what never reaches a file.</summary>
public sealed class KeptTextTests : IAsyncLifetime, IDisposable
{
    private readonly CommandSession _session = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_PrivateTexts_AreRedactedInEveryFileAndShownInTheReport(bool open)
    {
        _endpoint.Answer = "<b>ask</b> eve@example.org about ORD-77";
        var names = _session.Folder.File("names.txt", "Ada\n/ORD-[0-9]+/\n");

        await _session.RunAsync(Scenario(open), "--redact", names);

        var all = _session.Everything();
        Assert.All(new[] { "eve@example.org", "ORD-77", "Ada has" }, secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
        var line = ContentFile.Read(_session.RunPath).First();
        Assert.Equal(("[name] has 6 times 7?", "<b>ask</b> [e-mail] about [redacted]"), (line.Messages[^1].Content, line.Output));
        var page = await File.ReadAllTextAsync(Path.Combine(_session.RunPath, "report.html"));
        Assert.Contains("&lt;b&gt;ask&lt;/b&gt; [e-mail] about [redacted]", page.Replace("&#x2B;", "+", StringComparison.Ordinal).Replace("<mark>", "", StringComparison.Ordinal).Replace("</mark>", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(_session.Observations().Count, ContentFile.Read(_session.RunPath).Count());
    }

    [Fact]
    public async Task Run_NoContent_KeepsNoTexts()
    {
        await _session.RunAsync(Scenario(open: true), "--no-content");

        Assert.False(File.Exists(Path.Combine(_session.RunPath, ContentWriter.FileName)));
        Assert.DoesNotContain("Ada has", _session.Everything(), StringComparison.Ordinal);
    }

    /// <summary>Servers quote what they refuse: only single words of an error are kept.</summary>
    [Theory]
    [InlineData("--redact", "names.txt")]
    [InlineData("--redact", "names.txt", "--no-content")]
    public async Task Run_ErrorThatQuotesAPrompt_IsInNoFile(params string[] options)
    {
        _endpoint.Status = 400;
        _endpoint.ErrorBody = _ => """{"error":{"message":"cannot answer Ada <eve@example.org>, +49 170 1234567, sk-abcdefghijklmnop1234","type":"invalid_request_error","code":"by eve@example.org"}}""";
        var names = _session.Folder.File("names.txt", "Ada\n");

        await _session.RunAsync(Scenario(open: true), [.. options.Select(option => option == "names.txt" ? names : option)]);

        var all = _session.Everything();
        Assert.All(new[] { "eve@example.org", "170 1234567", "abcdefghijklmnop", "answer Ada" }, secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
        Assert.All(_session.Observations(), seen => Assert.Equal("HTTP 400: invalid_request_error", seen.Reason));
    }

    [LinuxFact]
    public async Task Run_ItsFolder_IsItsOwnersAlone()
    {
        await _session.RunAsync(Scenario(open: true));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, OperatingSystem.IsLinux() ? File.GetUnixFileMode(_session.RunPath) : default);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsLinux() ? File.GetUnixFileMode(Path.Combine(_session.RunPath, ContentWriter.FileName)) : default);
    }

    [Fact]
    public async Task Run_BadRedactionFile_ExitsFourBeforeAnythingIsSent()
    {
        Assert.Equal(4, await _session.RunAsync(Scenario(open: true), "--redact", _session.Folder.File("bad.txt", "ok\n/(/\n")));

        Assert.Contains("bad.txt:2: ", _session.Error, StringComparison.Ordinal);
        Assert.Equal(0, _endpoint.Requests);
    }

    private string Scenario(bool open)
    {
        _session.Folder.File("prompts.jsonl", """{"prompt":"Ada has 6 times 7?","expected":"42"}""" + "\n");
        return _session.Folder.File("texts.yaml", $$"""
            version: 1
            targets: { candidate: { type: openai, url: "{{_endpoint.Url}}", model: scripted } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: texts
                workload: { {{(open ? "open: { arrivals: constant, rate: 20/s }" : "closed: { clients: 2 }")}} }
                mix: [ { prompts: sums, maxTokens: 8, grade: exact, stream: true } ]
                phases: { warmUp: 0s, baseline: 500ms, recovery: 0s }
            """);
    }
}
