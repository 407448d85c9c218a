using System.Text.Json;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Searching;

/// <summary>The command line against an endpoint with a planted weakness.</summary>
public sealed class SearchCommandTests : IAsyncLifetime, IDisposable
{
    private readonly CommandSession _session = new();
    private ScriptedEndpoint _endpoint = null!;

    private string Found => Path.Combine(_session.Folder.Path, "found");

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Search_PlantedWeakness_CorpusReplaysAndRunsAsAScenario()
    {
        _endpoint.AnswerOf = asked => asked.Contains('\u200B', StringComparison.Ordinal) || asked.Contains("\\u200b", StringComparison.OrdinalIgnoreCase) ? "no" : "yes";
        var file = Scenario();

        Assert.Equal(2, await _session.CallAsync("search", file, "--for", "quality", "--mutators", "zero-width,typos", "--out", Found, "--prompts", "2", "--budget", "300"));
        Assert.Contains("F1", _session.Out, StringComparison.Ordinal);
        using (var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Found, "search.json"))))
        {
            Assert.Equal("quality", report.RootElement.GetProperty("goal").GetString());
            Assert.Equal(1, report.RootElement.GetProperty("finds")[0].GetProperty("edits").GetInt32());
        }

        var corpus = Path.Combine(Found, "worst.jsonl");
        _session.Forget();
        Assert.Equal(2, await _session.CallAsync("search", file, "--for", "quality", "--replay", corpus));
        Assert.StartsWith("again", _session.Out, StringComparison.Ordinal);

        Assert.Equal(0, await _session.CallAsync("validate", Path.Combine(Found, "worst.yaml")));

        // Repaired: the same corpus says so.
        _endpoint.AnswerOf = _ => "yes";
        _session.Forget();
        Assert.Equal(0, await _session.CallAsync("search", file, "--for", "quality", "--replay", corpus));
        Assert.StartsWith("gone", _session.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_NotShownOnFreshPairs_IsKeptApartAndReplayable()
    {
        // Wrong once to each damaged text, and right whenever it is asked again.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        _endpoint.AnswerOf = asked => asked.Contains("say yes to number", StringComparison.Ordinal) ? "yes" : AtFirst(Content(asked)) ? "no" : "yes";

        Assert.Equal(0, await _session.CallAsync("search", Scenario(), "--for", "quality", "--mutators", "typos", "--out", Found, "--prompts", "2", "--budget", "300"));
        Assert.Contains("not shown on fresh pairs", _session.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Found, "worst.jsonl")));

        _session.Forget();
        Assert.Equal(0, await _session.CallAsync("search", Scenario(), "--for", "quality", "--replay", Path.Combine(Found, "unconfirmed.jsonl")));
        Assert.StartsWith("gone   U1", _session.Out, StringComparison.Ordinal);

        bool AtFirst(string text)
        {
            lock (seen)
            {
                return seen.Add(text);
            }
        }
    }

    private static string Content(string body)
    {
        using var request = JsonDocument.Parse(body);
        return request.RootElement.GetProperty("messages")[0].GetProperty("content").GetString()!;
    }

    [Theory]
    [InlineData("--for", "speed", "write one of latency, quality")]
    [InlineData("--budget", "20", "take at least")]
    [InlineData("--budget", "soon", "write a number of requests")]
    [InlineData("--mutators", "magic", "--mutators magic: not known; write some of mojibake")]
    [InlineData("--replay", "nowhere.jsonl", "no such file")]
    public async Task Search_BadUsage_ExitsFourAndSaysWhatWouldBeRight(string option, string value, string remedy)
    {
        string[] goal = option == "--for" ? [] : ["--for", "quality"];

        Assert.Equal(4, await _session.CallAsync(["search", Scenario(), .. goal, option, value, "--out", Found]));
        Assert.Contains(remedy, _session.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Found));
    }

    [Fact]
    public async Task Search_CorpusOfAnotherKind_ExitsFour()
    {
        var other = _session.Folder.File("other.jsonl", """{"prompt":"hello"}""" + "\n");

        Assert.Equal(4, await _session.CallAsync("search", Scenario(), "--for", "quality", "--replay", other));
        Assert.Contains("no tags find and variant", _session.Error, StringComparison.Ordinal);
    }

    private string Scenario()
    {
        _session.Folder.File("prompts.jsonl", string.Concat(Enumerable.Range(0, 4).Select(row => $$"""{"id":"p{{row}}","prompt":"please say yes to number {{row}}","expected":"yes"}""" + "\n")));
        return _session.Folder.File("search.yaml", $$"""
            version: 1
            targets: { candidate: { type: openai, url: "{{_endpoint.Url}}", model: scripted } }
            prompts: { asked: prompts.jsonl }
            scenarios:
              - name: asked
                workload: 20/s
                mix: [asked]
                phases: { baseline: 2s }
            """);
    }
}
