using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Scenarios.Traces;

/// <summary>Files that nobody here wrote: every one is recognised and read, nothing is skipped; named ones have exactly these figures.</summary>
public sealed class RealTraceTests
{
    private static readonly string[] Folders = ["azure-llm-2023", "mooncake", "servegen", "length-traces", "otel-genai-traces", "prompts", "recorded"];

    [SkippableTheory]
    [InlineData("azure-llm-2023/AzureLLMInferenceTrace_conv.csv", "azure", 19_366, 3_501.722)]
    [InlineData("azure-llm-2023/inference-perf_trace.csv", "azure", 20, 13.025)]
    [InlineData("mooncake/conversation_trace.jsonl", "mooncake", 12_031, 3_536.999)]
    [InlineData("mooncake/aiperf_example_trace.jsonl", "mooncake", 3, 27.482)]
    [InlineData("length-traces/arxiv_summarization_stats_llama2_tokenizer_filtered_v2.csv", "lengths", 28_257, null)]
    [InlineData("otel-genai-traces/simple_chain.json", "otel-genai", 3, 6.0)]
    [InlineData("servegen/m-small-chunk-14-dataset.json", "servegen", 56, null)]
    [InlineData("servegen/deepseek-r1-chunk-65-dataset.json", "servegen", 4, null)]
    [InlineData("prompts/openai-batch/batch.jsonl", "openai-batch", 2, null)]
    [InlineData("prompts/gsm8k/test.jsonl", "prompts", 1_319, null)]
    [InlineData("recorded/openai-dotnet/ValidateConcurrency.json", "session-records", 3, null)]
    public void Read_NamedFile_HasItsFigures(string file, string format, int rows, double? span)
    {
        var preview = Preview(DataFolder.Require(file), null);

        Assert.Equal((format, (long)rows, 0L), (preview.Format, preview.Rows, preview.Skipped));
        Assert.Equal(span, preview.SpanSeconds is { } seconds ? Math.Round(seconds, 3) : null);
    }

    [SkippableFact]
    public void Read_EveryFileFound_SkipsNothing()
    {
        var files = Folders.Select(folder => DataFolder.Require(folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal).ToList();

        foreach (var file in files)
        {
            var preview = Preview(file, TimeSpan.FromMinutes(30));

            Assert.Equal(0, preview.Skipped);
            Assert.True(preview.Rows + preview.Ignored > 0 || preview.Format == "servegen", file);
        }
    }

    [SkippableFact]
    public void ServeGen_RealClient_BringsTheRateOfItsWindows()
    {
        var file = DataFolder.Require("servegen/deepseek-r1-chunk-65-trace.csv");
        var windows = File.ReadLines(file).Select(line => double.Parse(line.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var expected = windows.Sum() * 600;

        var preview = Preview(file, TimeSpan.FromDays(2));

        // The sum of 144 independent windows: its deviation is about cv sqrt(n), 300 here.
        Assert.InRange(preview.Rows, expected * 0.93, expected * 1.07);
    }

    [SkippableFact]
    public void ServeGen_RealFolder_IsItsClientsTogether()
    {
        var folder = Path.GetDirectoryName(DataFolder.Require("servegen/deepseek-r1-chunk-65-trace.csv"))!;
        using var pass = TracePass.Open(folder, null, new TraceOptions { Files = new PromptFiles(""), Seed = 1, For = TimeSpan.FromMinutes(30) });
        var rows = pass.Rows().ToList();

        Assert.Equal("servegen", pass.Finish().Format);
        Assert.Equal(rows.Select(row => row.At).Order(), rows.Select(row => row.At));
        var clients = rows.GroupBy(row => row.Cohort).ToDictionary(client => client.Key!, client => client.ToList());
        Assert.Equal(["deepseek-r1-chunk-65", "m-small-chunk-14"], clients.Keys.Order());

        // Each keeps its own rate and lengths.
        Assert.True(clients["m-small-chunk-14"].Count > 20 * clients["deepseek-r1-chunk-65"].Count);
        Assert.True(clients["deepseek-r1-chunk-65"].Average(row => row.InputTokens) > 20 * clients["m-small-chunk-14"].Average(row => row.InputTokens));
    }

    [SkippableFact]
    public void Mooncake_WrongUnit_IsRefused()
    {
        var path = DataFolder.Require("mooncake/conversation_trace.jsonl");
        using var slow = TracePass.Open(path, Samples.Format("vllm-trace"), new TraceOptions { Files = new PromptFiles("") });
        Assert.Equal(12_031, slow.Rows().Count());

        Assert.Contains("too slow to be true", Assert.Throws<PromptException>(slow.Finish).Message, StringComparison.Ordinal);
    }

    private static TracePreview Preview(string path, TimeSpan? length)
    {
        using var pass = TracePass.Open(path, null, new TraceOptions { Files = new PromptFiles(""), Seed = 1, For = length });
        var rows = pass.Rows().LongCount();
        var preview = pass.Finish();
        Assert.Equal(rows, preview.Rows);
        return preview;
    }
}
