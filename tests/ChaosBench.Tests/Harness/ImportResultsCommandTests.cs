using System.Text.Json;
using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Reports.Importing;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

public sealed class ImportResultsCommandTests : IDisposable
{
    private const string Result = """
        {"date": "20250102-030405", "model_id": "m", "num_prompts": 2, "request_rate": "inf", "duration": 2.0, "completed": 2,
         "latencies": [1.0, 0.5], "ttfts": [0.25, 0.5], "output_lens": [3, 1], "errors": ["", ""], "mean_ttft_ms": 375.0}
        """;

    private readonly TempFolder _folder = new();
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Dispose();
        _out.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Results_WithoutOut_ShowsAndWritesNothing()
    {
        var file = _folder.File("b.json", Result);
        Assert.Equal(0, await Call("import", "results", "auto", file));
        Assert.Contains("All 2 published figures that the requests tell were made again and agree.", _out.ToString(), StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Results_Out_MakesARunThatReportAndCompareRead()
    {
        var file = _folder.File("b.json", Result);
        var runs = Path.Combine(_folder.Path, "runs");
        Assert.Equal(0, await Call("import", "results", "vllm-bench", file, "--out", runs, "--name", "nightly"));
        var run = Assert.Single(Directory.EnumerateDirectories(runs, "2025*"));
        Assert.EndsWith("20250102T030405Z-nightly-0", run, StringComparison.Ordinal);
        Assert.Equal(0, await Call("report", run));
        Assert.Equal(2, await Call("compare", run, run));
        Assert.Equal(0, await Call("history", runs));
    }

    [Fact]
    public async Task Results_Json_HasFiguresWithDefinitions()
    {
        Assert.Equal(0, await Call("import", "results", "auto", _folder.File("b.json", Result), "--json"));
        using var told = JsonDocument.Parse(_out.ToString());
        var figure = told.RootElement[0].GetProperty("import").GetProperty("figures").EnumerateArray().Last();
        Assert.Equal(("ttft/first-choices-chunk@send", 0.375, 0.375), (figure.GetProperty("definition").GetString(), figure.GetProperty("value").GetDouble(), figure.GetProperty("recomputed").GetDouble()));
    }

    [Theory]
    [InlineData("p50 ttft < 1s", 2)]
    [InlineData("p50 ttft < fast", 4)]
    [InlineData("p50 ttft <= +5% vs baseline", 4)]
    public async Task Results_Gate_DecidesTheExitCode(string gate, int code) =>
        Assert.Equal(code, await Call("import", "results", "auto", _folder.File("b.json", Result), "--out", Path.Combine(_folder.Path, "runs"), "--gate", gate));

    [Fact]
    public async Task Results_OneGoodAndOneBadFile_ShowsTheOneAndNamesTheOther()
    {
        var (good, bad) = (_folder.File("b.json", Result), _folder.File("c.json", Result[..80]));
        Assert.Equal(4, await Call("import", "results", "auto", good, bad));
        Assert.Contains("tool         vLLM bench", _out.ToString(), StringComparison.Ordinal);
        Assert.StartsWith($"{bad}:1:", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_UnknownFormat_NamesTheNearest()
    {
        Assert.Equal(4, await Call("import", "results", "vlm-bench", _folder.File("b.json", Result)));
        Assert.Contains("did you mean 'vllm-bench'?", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Page_Definitions_AreThoseOfTheCatalogue()
    {
        var page = File.ReadAllText(Repository.Path("docs", "peer-results.md"));
        Assert.All(MetricDefinitions.All, definition => Assert.Contains($"| `{definition.Key}` | {definition.Value} |", page, StringComparison.Ordinal));
        Assert.All(ResultFormats.All, format => Assert.Contains($"| `{format.Name}` |", page, StringComparison.Ordinal));
    }

    private Task<int> Call(params string[] arguments) => CommandLine.RunAsync(arguments, new Terminal(_out, _error), TimeProvider.System);
}
