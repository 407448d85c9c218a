using System.Text;
using ChaosBench.Reports.Telemetry.Scraping;
using ChaosBench.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Reports.Telemetry;

/// <summary>Pages of metrics, also hostile ones. The fixtures are written after the public documentation of vLLM and Triton.</summary>
public sealed class MetricsTextTests
{
    [Fact]
    public void Read_Vllm_AddsEnginesUpAndTakesTheFullestCache()
    {
        var (values, histograms) = new MetricsSelection([]).Read(Page("vllm.txt"));

        Assert.Equal(13, values["vllm:num_requests_running"]);
        Assert.Equal(3, values["vllm:num_requests_waiting"]);
        Assert.Equal(0.6215, values["vllm:kv_cache_usage_perc"]);
        Assert.Equal(85087, values["vllm:generation_tokens_total"]);
        Assert.Equal(2, values["vllm:num_preemptions_total"]);
        Assert.Equal(5, values.Count);
        var ttft = histograms["vllm:time_to_first_token_seconds"];
        Assert.Equal([0.02, 0.04, 0.1], ttft.Bounds);
        Assert.Equal([30, 60, 110, 120], ttft.Counts);
        Assert.Equal(6.72, ttft.Sum!.Value, 9);
    }

    [Fact]
    public void Read_Triton_TellsItsLabelledFiguresApart()
    {
        var (values, histograms) = new MetricsSelection([]).Read(Page("triton.txt"));
        var source = new ServerSource("triton", [new() { At = 0, Source = "triton", Took = 0, Values = values, Histograms = histograms }]);

        double Gauge(ServerRole role) => source.Gauge(source.MetricOf(role)!).Single().Value;
        Assert.Equal(2, Gauge(ServerRole.Running));
        Assert.Equal(0.25, Gauge(ServerRole.CacheUsage));
        Assert.Equal(4, Gauge(ServerRole.Waiting));
        Assert.Equal(4, values.Count);
        Assert.Equal(0.001, source.MetricOf(ServerRole.FirstToken)!.Scale);
        Assert.Equal(37, histograms["nv_inference_first_response_histogram_ms"].Counts[^1]);
    }

    [Theory]
    [InlineData("nv_gpu_*", "nv_gpu_utilization")]
    [InlineData("nv_inference_request_success", "nv_inference_request_success")]
    public void Read_NamesToKeep_KeepsThoseAlone(string keep, string name)
    {
        var (values, histograms) = new MetricsSelection([keep]).Read(Page("triton.txt"));

        Assert.Equal([name], values.Keys);
        Assert.Empty(histograms);
    }

    [Theory]
    [InlineData("a 1\n", "a", 1)]
    [InlineData("a{} 1 1795256869000\n", "a", 1)]
    [InlineData("a {b=\"c\",} -1.5e3\n", "a", -1500)]
    [InlineData("a{b=\"x\\\"y\\n\\\\\"} +Inf # {trace_id=\"1\"} 3\n# EOF\n", "a", double.PositiveInfinity)]
    [InlineData("\n  \n# TYPE a gauge\r\na 7\r\n", "a", 7)]
    [InlineData("a NaN", "a", double.NaN)]
    public void Read_FormsOfALine_AreUnderstood(string page, string name, double value)
    {
        var sample = Assert.Single(Read(page));

        Assert.Equal((name, value), (sample.Name, sample.Value));
    }

    [Theory]
    [InlineData("<html>\n", "line 1: there is no name")]
    [InlineData("a\n", "line 1: where a number belongs there is none")]
    [InlineData("a 1\nb one\n", "line 2: where a number belongs there is none")]
    [InlineData("a 1e999\n", "line 1: where a number belongs there is none")]
    [InlineData("a 0x10\n", "line 1: where a number belongs there is none")]
    [InlineData("a 1,5\n", "line 1: where a number belongs there is none")]
    [InlineData("a{b=\"c} 1\n", "line 1: a label is not closed")]
    [InlineData("a{b=c} 1\n", "line 1: '\"' is missing")]
    [InlineData("a{b=\"\\x\"} 1\n", "line 1: an escape that is none")]
    [InlineData("a{b=\"1\" c=\"2\"} 1\n", "line 1: '}' is missing")]
    [InlineData("a 1 2 3\n", "line 1: something stands behind the value")]
    [InlineData("1a 1\n", "line 1: there is no name")]
    [InlineData("a 1\n# EOF\nb 2\n", "line 3: something stands behind # EOF")]
    public void Read_BrokenPage_SaysTheLine(string page, string message) =>
        Assert.StartsWith(message, Assert.Throws<MetricsTextException>(() => Read(page)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_BeyondABound_IsRefused()
    {
        Assert.Contains("MiB", Throws(new byte[MetricsText.MaxBytes + 1]), StringComparison.Ordinal);
        Assert.Contains("samples", Throws(string.Concat(Enumerable.Repeat("a 1\n", MetricsText.MaxSamples + 1))), StringComparison.Ordinal);
        Assert.Contains("too long", Throws(new string('a', 5_000) + " 1\n"), StringComparison.Ordinal);
        Assert.Contains("too long", Throws($"a{{b=\"{new string('x', 10_000)}\"}} 1\n"), StringComparison.Ordinal);
        Assert.Contains("labels", Throws($"a{{{string.Concat(Enumerable.Range(0, 100).Select(at => $"l{at}=\"\","))}}} 1\n"), StringComparison.Ordinal);
        Assert.Contains("UTF-8", Throws([(byte)'a', 0xFF, (byte)'\n']), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyText_EndsAsSamplesOrAsTheOneException() => Prop.ForAll<string[]>(lines =>
    {
        try
        {
            return Read(string.Join('\n', (lines ?? []).Select(line => "a{" + line))).Count >= 0;
        }
        catch (MetricsTextException)
        {
            return true;
        }
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("h_bucket{le=\"1\"} 5\nh_bucket{le=\"+Inf\"} 3\n")]
    [InlineData("h_bucket{le=\"1\"} 5\n")]
    [InlineData("h_bucket{le=\"x\"} 5\nh_bucket{le=\"+Inf\"} 5\n")]
    [InlineData("h_bucket{le=\"1\"} -5\nh_bucket{le=\"+Inf\"} 5\n")]
    public void Read_HistogramThatCannotBe_IsNone(string page) =>
        Assert.Empty(new MetricsSelection(["h*"]).Read(Encoding.UTF8.GetBytes(page)).Histograms);

    private static List<MetricsSample> Read(string page) => MetricsText.Read(Encoding.UTF8.GetBytes(page), _ => true);

    private static string Throws(string page) => Throws(Encoding.UTF8.GetBytes(page));

    private static string Throws(byte[] page) => Assert.Throws<MetricsTextException>(() => MetricsText.Read(page, _ => true)).Message;

    private static byte[] Page(string name) => File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "ChaosBench.Tests", "Fixtures", "metrics", name));
}
