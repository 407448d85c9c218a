using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry;
using ChaosBench.Reports.Telemetry.Otlp;
using ChaosBench.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Tests.Harness.Telemetry;

/// <summary>Telemetry from the command line to the other side: what a target is sent, what a collector gets, what is read along.</summary>
public sealed class TelemetryRunTests : IAsyncLifetime, IDisposable
{
    private readonly CommandSession _session = new();
    private readonly ConcurrentQueue<(string Request, string Header)> _arrived = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync()
    {
        _endpoint = await ScriptedEndpoint.StartAsync();
        _endpoint.OnRequest = request => _arrived.Enqueue((request.Headers["x-request-id"].ToString(), request.Headers["traceparent"].ToString()));
    }

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Run_WithTelemetry_EveryRequestCarriesTheIdsOfItsSpan()
    {
        Assert.Equal(0, await _session.RunAsync(Scenario("telemetry: { sample: 50% }")));

        var run = TelemetryRun.Open(_session.RunPath);
        var observations = _session.Observations();
        var headers = _arrived.ToDictionary(pair => pair.Request, pair => pair.Header);
        Assert.NotEmpty(observations);
        Assert.All(observations, seen => Assert.Equal(run.Ids.Header(seen.Arrival, seen.Arrival, 0), headers[$"r{seen.Arrival:D6}"]));
        Assert.Contains(headers.Values, header => header.EndsWith("-01", StringComparison.Ordinal));
        Assert.Contains(headers.Values, header => header.EndsWith("-00", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WithoutTelemetry_SendsNoTraceContext()
    {
        Assert.Equal(0, await _session.RunAsync(Scenario("drain: 30s")));

        Assert.All(_arrived, pair => Assert.Equal("", pair.Header));
        Assert.DoesNotContain("\"telemetry\"", _session.Everything(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ClientPolicy_AttemptsAreSpansWithTheHeadersTheySent()
    {
        _endpoint.Status = 500;
        await _session.RunAsync(Scenario("telemetry: {}\n    clientPolicy: { retries: 1, backoff: 10ms }"));

        var run = TelemetryRun.Open(_session.RunPath);
        var spans = OtlpFiles.Spans(run, _session.RunPath, withTexts: false).ToList();
        var attempts = spans.Where(span => span.Name.StartsWith("attempt", StringComparison.Ordinal)).ToList();
        Assert.Equal(_arrived.Count, attempts.Count);
        Assert.Equal(2 * _session.Observations().Count, attempts.Count);
        Assert.Equal(
            _arrived.Select(pair => pair.Header).Order(StringComparer.Ordinal),
            attempts.Select(span => $"00-{span.Trace}-{span.Id:x16}-01").Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Run_Collector_GetsASpanForEachRequestAndTheMetrics()
    {
        await using var collector = await Collector.StartAsync();
        Assert.Equal(0, await _session.RunAsync(Scenario("telemetry: {}"), "--otlp", collector.Url));

        var traces = collector.Messages.Where(message => message.Path == "/v1/traces").ToList();
        Assert.All(traces, message => Assert.Equal("application/x-protobuf", message.Type));
        var spans = traces.SelectMany(message => SpansOf(Otlp.Decode(message.Body, traces: true))).ToList();
        Assert.Equal(_session.Observations().Count, spans.Count(span => (string)span["name"]! == "chat scripted"));
        Assert.Equal(
            _arrived.Select(pair => pair.Header).Order(StringComparer.Ordinal),
            spans.Where(span => (string)span["name"]! == "chat scripted").Select(span => $"00-{(string)span["traceId"]!}-{(string)span["spanId"]!}-01").Order(StringComparer.Ordinal));
        var metrics = collector.Messages.Where(message => message.Path == "/v1/metrics").SelectMany(message => NamesOf(Otlp.Decode(message.Body, traces: false))).ToList();
        Assert.Contains("gen_ai.client.operation.duration", metrics);
        Assert.Contains("chaosbench.rate.planned", metrics);
        Assert.Matches("telemetry: [0-9,]+ spans and [0-9]+ metrics sent to http://", _session.Error);
        Assert.DoesNotContain(collector.Url, Replayed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CollectorThatIsDown_IsSaidOnceAndChangesNothing()
    {
        Assert.Equal(0, await _session.RunAsync(Scenario("telemetry: {}"), "--otlp", "http://127.0.0.1:9"));

        Assert.Single(_session.Error.Split('\n'), line => line.Contains("telemetry: the collector", StringComparison.Ordinal));
        Assert.Contains("ConnectionError", _session.Error, StringComparison.Ordinal);
        Assert.Equal(0, _session.Summary.ExitCode);
    }

    [Fact]
    public async Task Report_CollectorThatIsBusyAtFirst_IsAskedAgainAndGetsEverything()
    {
        await _session.RunAsync(Scenario("telemetry: {}"));
        await using var collector = await Collector.StartAsync();
        collector.StatusOf = number => number == 1 ? 503 : 200;

        Assert.Equal(0, await _session.CallAsync("report", _session.RunPath, "--otlp", collector.Url));

        Assert.Equal(collector.Messages.Count + 1, collector.Asked);
    }

    [Fact]
    public async Task Report_CollectorThatRefuses_IsNotAskedAgainAndExits3()
    {
        await _session.RunAsync(Scenario("telemetry: {}"));
        await using var collector = await Collector.StartAsync();
        collector.StatusOf = _ => 401;

        Assert.Equal(3, await _session.CallAsync("report", _session.RunPath, "--otlp", collector.Url));

        Assert.Equal(1, collector.Asked);
        Assert.Contains("it answered 401", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_WriteOtlp_WritesTheSameBytesEachTime()
    {
        await _session.RunAsync(Scenario("telemetry: {}"));
        var file = Path.Combine(_session.RunPath, OtlpFiles.Traces);

        Assert.Equal(0, await _session.CallAsync("report", _session.RunPath, "--write", "otlp"));
        var first = await File.ReadAllTextAsync(file);
        Assert.Equal(0, await _session.CallAsync("report", _session.RunPath, "--write", "otlp"));

        Assert.Equal(first, await File.ReadAllTextAsync(file));
        Assert.Equal(_session.Observations().Count, first.Split('\n').Where(line => line.Length > 0).SelectMany(line => SpansOf(JsonNode.Parse(line)!)).Count(span => (string)span["name"]! == "chat scripted"));
        Assert.DoesNotContain("6 times 7", first, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("report", _session.RunPath, "--write", "otlp", "--otlp-content"));
        Assert.Contains("6 times 7", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Scrape_ShowsTheServerBesideItsClients()
    {
        var looks = 0;
        await using var page = await ScriptedHttp.StartAsync(context =>
        {
            var count = Interlocked.Increment(ref looks) * 10;
            return context.Response.WriteAsync($"""
                vllm:num_requests_running 3
                vllm:time_to_first_token_seconds_bucket{"{"}le="0.1"{"}"} {count}
                vllm:time_to_first_token_seconds_bucket{"{"}le="+Inf"{"}"} {count}

                """);
        });

        Assert.Equal(0, await _session.RunAsync(Scenario($"telemetry: {{ scrape: {{ url: \"{page.Url}/metrics\", every: 100ms, name: vllm }} }}")));

        using var journal = JournalFile.Open(_session.RunPath);
        var samples = journal.Events().OfType<JournalEvent.ServerSample>().ToList();
        Assert.True(samples.Count >= 5, $"{samples.Count}");
        Assert.All(samples, sample => Assert.Equal(3, sample.Values["vllm:num_requests_running"]));
        Assert.Contains("| vllm | requests running |", await File.ReadAllTextAsync(Path.Combine(_session.RunPath, "report.md")), StringComparison.Ordinal);
        var html = await File.ReadAllTextAsync(Path.Combine(_session.RunPath, "report.html"));
        Assert.Contains("data-chart=\"servers\"", html, StringComparison.Ordinal);
        Assert.Contains("data-chart=\"serverTtft\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "no", "the server answered 500")]
    [InlineData(200, "<script>alert(1)</script>", "it is no page of metrics: line 1")]
    [InlineData(200, "other 1\n", "none of the metrics that ChaosBench knows is on the page")]
    public async Task Run_ScrapeOfAPageThatIsNone_IsANoteAndNoMore(int status, string body, string note)
    {
        await using var page = await ScriptedHttp.StartAsync(status, body);

        Assert.Equal(0, await _session.RunAsync(Scenario($"telemetry: {{ scrape: [{{ url: \"{page.Url}/metrics\", every: 100ms }}] }}")));

        using var journal = JournalFile.Open(_session.RunPath);
        var told = Assert.Single(journal.Events().OfType<JournalEvent.Note>());
        Assert.Contains($"metrics of 'server-1' could not be read: {note}", told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ScrapeOfAPageThatNeverEnds_DoesNotHoldTheRun()
    {
        await using var page = await ScriptedHttp.StartAsync(async context =>
        {
            await context.Response.Body.FlushAsync();
            await Task.Delay(TimeSpan.FromSeconds(30), TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

        Assert.Equal(0, await _session.RunAsync(Scenario($"telemetry: {{ scrape: \"{page.Url}/metrics\" }}")).WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.All(_session.Observations(), seen => Assert.Equal(Outcome.Completed, seen.Outcome));
    }

    [Fact]
    public async Task Validate_ScrapeOfAnotherHost_NeedsTheOperator()
    {
        var file = Scenario("telemetry: { scrape: \"http://metrics.example/metrics\" }");

        Assert.Equal(4, await _session.CallAsync("validate", file));
        Assert.Contains("the metrics of 'server-1' reach out to metrics.example:80, which is not allowed; run with --allow-host metrics.example:80", _session.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("validate", file, "--allow-host", "metrics.example"));
    }

    [Fact]
    public async Task Plan_Telemetry_IsShown()
    {
        Assert.Equal(0, await _session.CallAsync("plan", Scenario("telemetry: { sample: 10%, scrape: \"http://127.0.0.1:8000/metrics?token=x\" }")));

        Assert.Contains("traces    requests carry a traceparent header, 10% of the traces are sampled", _session.Out, StringComparison.Ordinal);
        Assert.Contains("scrapes   server-1  http://127.0.0.1:8000/metrics every 1s", _session.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("token=x", _session.Out, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonNode> SpansOf(JsonNode message) =>
        message["resourceSpans"]![0]!["scopeSpans"]![0]!["spans"]!.AsArray().Select(span => span!);

    private static IEnumerable<string> NamesOf(JsonNode message) =>
        message["resourceMetrics"]![0]!["scopeMetrics"]![0]!["metrics"]!.AsArray().Select(metric => (string)metric!["name"]!);

    private string Replayed() => File.ReadAllText(Path.Combine(_session.RunPath, "manifest.json"));

    private string Scenario(string more)
    {
        _session.Folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?"}""" + "\n");
        return _session.Folder.File("run.yaml", $$"""
            version: 1
            targets: { it: { type: openai, url: "{{_endpoint.Url}}", model: scripted } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: watched
                workload: { open: { arrivals: constant, rate: 20/s } }
                mix: [ { prompts: sums, stream: true, maxTokens: 8 } ]
                phases: { warmUp: 0s, baseline: 2s }
                {{more}}
            """);
    }
}
