using System.Text;
using ChaosBench.Reports.Importing;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Tests.Reports.Importing;

/// <summary>What the forms hold that no file at hand shows, made here by their tools' own schemas.</summary>
public sealed class FormatTests
{
    [Fact]
    public void GuideLlm_RequestsWithTargetedStart_LatencyIsCountedFromThere()
    {
        var run = One("""
            {"metadata": {"version": 2, "guidellm_version": "0.8"}, "benchmarks": [{"config": {"strategy": {"type_": "poisson", "rate": 1.0}}, "duration": 4.0,
              "metrics": {"request_totals": {"successful": 1, "errored": 1, "total": 2},
                "request_latency": {"successful": {"count": 1, "mean": 2.0, "median": 2.0, "percentiles": {"p99": 2.0}}},
                "time_to_first_token_ms": {"successful": {"count": 1, "mean": 500.0}, "errored": {"count": 0, "mean": 0.0}},
                "time_per_output_token_ms": {"successful": {"count": 4, "mean": 450.0}},
                "inter_token_latency_ms": {"successful": {"count": 0, "mean": 0.0}}},
              "requests": {"successful": [{"prompt_tokens": 5, "output_tokens": 4, "info": {"timings": {"targeted_start": 1000.0, "request_start": 1003.0,
                  "first_token_iteration": 1003.5, "last_token_iteration": 1004.8, "request_end": 1005.0}}}],
                "errored": [{"info": {"error": "ReadTimeout", "timings": {"targeted_start": 1001.0, "request_start": 1003.0, "request_end": 1006.0}}}],
                "incomplete": []}}]}
            """, out var facts);
        Assert.Equal((0.0, 3.0, 0.5), (run.Requests[0].Planned, run.Requests[0].Sent, run.Requests[0].FirstToken));
        Assert.Equal("ttft/first-iteration@planned", run.Definitions["ttft"]);
        Assert.Equal(Outcome.TimedOut, run.Requests[1].Outcome);
        Assert.DoesNotContain(run.Figures, figure => figure.Metric == "itl");
        Assert.All(facts.Figures, figure => Assert.True(figure.Agrees, figure.Key));
        Assert.Contains(facts.Figures, figure => figure is { Definition: "tpot/incl-first+token-weighted", Recomputed: not null });
        Assert.Contains(facts.Notes, note => note.Contains("p99 of the lateness is 3 s", StringComparison.Ordinal));
    }

    [Fact]
    public void GuideLlm_OtherForm_IsRefused()
    {
        var problem = Assert.Throws<ImportException>(() => One("""{"metadata": {"version": 3, "guidellm_version": "1"}, "benchmarks": []}""", out _));
        Assert.Contains("$.metadata.version: 3 is a form that is not read", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AiPerf_RecordsWithCredits_AreDueWhenTheCreditWasIssued()
    {
        var run = One("""
            {"metadata": {"x_correlation_id": "a", "credit_issued_ns": 5000000000, "request_start_ns": 5250000000, "request_end_ns": 6250000000, "benchmark_phase": "profiling"}, "metrics": {"time_to_first_token": {"value": 100, "unit": "ms"}, "request_latency": {"value": 1, "unit": "sec"}, "output_sequence_length": {"value": 3, "unit": "tokens"}, "inter_chunk_latency": {"value": [450, 450], "unit": "ms"}}, "error": null}
            {"metadata": {"x_correlation_id": "b", "credit_issued_ns": 5100000000, "request_start_ns": 5100000000, "request_end_ns": 5200000000, "benchmark_phase": "warmup"}, "metrics": {}, "error": {"code": 503, "type": "HTTPError", "message": "busy"}}

            """, out _);
        Assert.Equal((0.0, 0.25, 0.1, 1.0), (run.Requests[0].Planned, run.Requests[0].Sent, run.Requests[0].FirstToken, run.Requests[0].LastToken));
        Assert.Equal((Outcome.Overloaded, true, 503), (run.Requests[1].Outcome, run.Requests[1].IsWarmUp, run.Requests[1].Status));
        Assert.Equal("e2e/last-content@credit", run.Definitions["e2e"]);
    }

    [Fact]
    public void AiPerf_UnknownUnit_IsRefused()
    {
        var problem = Assert.Throws<ImportException>(() => One("""{"request_latency": {"unit": "fortnights", "avg": 1}}""", out _));
        Assert.Contains("fortnights", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InferencePerf_Requests_GapsComeFromTheTokenTimes()
    {
        var run = One("""
            [{"start_time": 10.0, "end_time": 12.0, "info": {"input_tokens": 4, "output_tokens": 3, "output_token_times": [10.5, 11.0, 11.75]}, "error": null},
             {"start_time": 9.0, "end_time": 9.5, "info": {"input_tokens": 4, "output_tokens": 0, "output_token_times": []}, "error": {"error_type": "ClientConnectorError", "error_msg": "Cannot connect to host"}}]
            """, out _);
        Assert.Equal(Outcome.ConnectError, run.Requests[0].Outcome);
        Assert.Equal((1.0, 0.5, 1.75), (run.Requests[1].Sent, run.Requests[1].FirstToken, run.Requests[1].LastToken));
        Assert.Equal([0.5, 0.75], run.Requests[1].Gaps);
    }

    [Fact]
    public void SglangBench_AppendedRunsCutInTheLast_KeepsTheWholeOnes()
    {
        const string Line = """{"backend": "sglang", "request_rate": 1.0, "duration": 2.0, "completed": 4, "total_output_tokens_retokenized": 9, "median_ttft_ms": 80.5}""";
        var runs = ResultReading.Read(ResultFileTests.Of($"{Line}\n{Line}\n{Line[..60]}"));
        Assert.Equal(2, runs.Count);
        Assert.All(runs, run => Assert.True(run.Partial));
        Assert.Contains(ImportFolder.Facts(runs[1], [ResultFileTests.Of("")]).Notes, note => note.StartsWith("The file tells no date", StringComparison.Ordinal));
        Assert.Contains("the last line (3) is cut", runs[0].Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Aibrix_TimesThatContradict_NamesTheLine()
    {
        const string Header = "prompt_tokens,generation_tokens,ttft,generation_time,user_id,question_id,launch_time,finish_time\n";
        var problem = Assert.Throws<ImportException>(() => One(Header + "10.0,2.0,0.5,0.5,1,1,1742749821.0,1742749822.0\n10.0,2.0,0.5,0.5,1,1,1742749821.0,1742749829.0\n", out _));
        Assert.StartsWith("f:3: finish_time", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("NaN")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("")]
    public void Aibrix_HostileField_NamesTheLineAndColumn(string value)
    {
        var text = $"prompt_tokens,generation_tokens,ttft,generation_time,user_id,question_id,launch_time,finish_time\n10.0,2.0,{value},0.5,1,1,1742749821.0,1742749822.0\n";
        Assert.StartsWith("f:2: ttft", Assert.Throws<ImportException>(() => One(text, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadGen_SummaryWithoutItsEnd_IsPartial()
    {
        const string Whole = "====\nMLPerf Results Summary\n====\nSUT name : S\nResult is : VALID\nMean latency (ns)                : 2000000000\n99.00 percentile first token latency (ns)   : 5000000\n\nNo errors encountered during test.\n";
        var run = One(Whole, out _);
        Assert.False(run.Partial);
        Assert.Equal([("e2e/completion@planned", "mean", 2.0), ("ttft/callback@planned", "p99", 0.005)], run.Figures.Select(figure => (figure.Definition, figure.Statistic, figure.Value)));
        Assert.True(One(Whole[..^40], out _).Partial);
    }

    [Fact]
    public void Fits_EveryFormat_IsSilentAboutForeignFiles()
    {
        foreach (var text in new[] { "", "{}", "[]", "[1]", "{\"records\": 3}", "{\"metadata\": 1, \"metrics\": [2]}", "a,b\n1,2\n", ":::MLLOG", "====\n", "\0\0\0", "[{\"info\": 1}]" })
        {
            Assert.DoesNotContain(ResultFormats.All, format => format.Fits(new ResultFile("f", Encoding.UTF8.GetBytes(text))) && text.Length < 3);
        }
    }

    private static ImportedRun One(string text, out ImportFacts facts)
    {
        var file = ResultFileTests.Of(text);
        var run = Assert.Single(ResultReading.Read(file));
        facts = ImportFolder.Facts(run, [file]);
        return run;
    }
}
