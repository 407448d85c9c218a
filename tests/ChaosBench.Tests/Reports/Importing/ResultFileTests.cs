using System.Text;
using ChaosBench.Reports.Importing;

namespace ChaosBench.Tests.Reports.Importing;

public sealed class ResultFileTests
{
    private const string Vllm = """
        {"date": "20250102-030405", "model_id": "m", "num_prompts": 2, "duration": 2.0, "completed": 2, "failed": 0,
         "latencies": [1.0, 0.5], "ttfts": [0.25, 0.5], "itls": [[0.25, 0.5], []], "input_lens": [3, 4], "output_lens": [3, 1], "errors": ["", ""],
         "mean_ttft_ms": 375.0, "p99_ttft_ms": 497.5, "mean_tpot_ms": 375.0}
        """;

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("{\"duration\": 1, ", "f:1:")]
    [InlineData("{\"duration\": 1, \"duration\": 2}", "f:1:")]
    [InlineData("just words", "no known tool")]
    [InlineData("{\"duration\": 1, \"completed\": 1, \"num_prompts\": 1, \"\\ud800\": 2, \"ttfts\": [1], \"output_lens\": [1], \"model_id\": \"\\ud800\"}", "f:")]
    [InlineData("{\"a\": 1}", "no known tool")]
    public void Read_NoResult_SaysWhy(string text, string part)
    {
        var problem = Assert.Throws<ImportException>(() => ResultReading.Read(Of(text)));
        Assert.StartsWith("f:", problem.Message, StringComparison.Ordinal);
        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.25, 0.5]", "-0.25, 0.5]", "$.ttfts[0]")]
    [InlineData("\"ttfts\": [0.25", "\"ttfts\": [1e400", "$.ttfts[0]")]
    [InlineData("\"ttfts\": [0.25", "\"ttfts\": [NaN", "f:2:")]
    [InlineData("\"duration\": 2.0", "\"duration\": \"long\"", "$.duration")]
    [InlineData("\"duration\": 2.0", "\"duration\": 1e12", "duration")]
    [InlineData("\"errors\": [\"\", \"\"]", "\"errors\": [\"\"]", "'errors' has 1 entries")]
    [InlineData("\"latencies\": [1.0, 0.5]", "\"latencies\": [0.1, 0.5]", "request 1: its first token comes after its last")]
    public void Read_HostileNumbers_NamesThePlace(string good, string bad, string place)
    {
        Assert.Contains(good, Vllm, StringComparison.Ordinal);
        var problem = Assert.Throws<ImportException>(() => ResultReading.Read(Of(Vllm.Replace(good, bad, StringComparison.Ordinal))));
        Assert.Contains(place, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PublishedFigures_AreMadeAgainFromTheRequests()
    {
        var file = Of(Vllm);
        var run = Assert.Single(ResultReading.Read(file));
        var facts = ImportFolder.Facts(run, [file]);
        Assert.Equal(2, run.Requests.Count);
        Assert.All(facts.Figures, figure => Assert.True(figure.Agrees && figure.Recomputed is not null, figure.Key));
    }

    [Fact]
    public void Read_PublishedFigureThatIsWrong_Differs()
    {
        var file = Of(Vllm.Replace("375.0, \"p99", "400.0, \"p99", StringComparison.Ordinal));
        var facts = ImportFolder.Facts(Assert.Single(ResultReading.Read(file)), [file]);
        var wrong = Assert.Single(facts.Figures, figure => !figure.Agrees);
        Assert.Equal(("$.mean_ttft_ms", 0.4, 0.375), (wrong.Key, wrong.Value, wrong.Recomputed));
        Assert.Contains("1 of 5", ImportWords.Agreement(facts), StringComparison.Ordinal);
    }

    internal static ResultFile Of(string text) => new("f", Encoding.UTF8.GetBytes(text));
}
