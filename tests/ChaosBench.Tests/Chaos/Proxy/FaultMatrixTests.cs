using ChaosBench.Chaos.Proxy;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Proxy;

/// <summary>Every stream, HTTP and connection fault, injected for real in a run of its own, and what the journal then shows.</summary>
public sealed class FaultMatrixTests : IAsyncLifetime, IDisposable
{
    private const string Text = "abcdefgh";
    private readonly CommandSession _session = new();
    private ScriptedEndpoint _endpoint = null!;
    private Sha256Digest? _clean;

    private sealed record Probe(string With, Func<FaultMatrixTests, JournalEvent.Observation, bool> Seen);

    private static readonly Dictionary<string, Probe> Probes = new(StringComparer.Ordinal)
    {
        ["stream.slow_first_token"] = new("delay: 60ms", (_, o) => IsWhole(o) && o.FirstToken - o.Sent >= Ms(60)),
        ["stream.slow_drip"] = new("gap: 15ms", (_, o) => IsWhole(o) && o.LastToken - o.Sent >= Ms(Text.Length * 15)),
        ["stream.stall"] = new("after: 2", (_, o) => o.Outcome == Outcome.TimedOut && o.OutputChars == 2),
        ["stream.cut"] = new("after: 2", (_, o) => o.Outcome == Outcome.Truncated && o.OutputChars == 2),
        ["stream.malformed_sse"] = new("after: 2", (_, o) => o.Outcome == Outcome.Malformed),
        ["stream.duplicate_chunk"] = new("chunks: 100%", (_, o) => IsWhole(o) && o.OutputChars == 2 * Text.Length),
        ["stream.reorder_chunk"] = new("chunks: 50%", (test, o) => IsWhole(o) && o.OutputChars == Text.Length && o.OutputSha256 != test._clean),
        ["stream.drop_chunk"] = new("chunks: 50%", (_, o) => IsWhole(o) && o.OutputChars < Text.Length),
        ["stream.error_in_band"] = new("after: 2", (_, o) => o.Outcome == Outcome.Failed && o.Reason!.Contains("engine_error", StringComparison.Ordinal)),
        ["stream.missing_done"] = new("finishReason: drop", (_, o) => o.Outcome == Outcome.Truncated && o.OutputChars == Text.Length),
        ["stream.missing_usage"] = new("", (test, o) => test.IsClean(o) && o.InputTokens is null),
        ["stream.wrong_finish_reason"] = new("reason: length", (test, o) => test.IsClean(o) && o.FinishReason == "length"),
        ["stream.legal_comments"] = new("", (test, o) => test.IsClean(o)),
        ["stream.legal_crlf"] = new("", (test, o) => test.IsClean(o)),
        ["stream.legal_chunking"] = new("", (test, o) => test.IsClean(o)),
        ["stream.legal_split"] = new("bytes: 3B, gap: 0ms", (test, o) => test.IsClean(o)),
        ["http.429"] = new("retryAfter: 3s", (_, o) => o is { Outcome: Outcome.Overloaded, Status: 429, RetryAfter: 3 }),
        ["http.500"] = new("", (_, o) => o is { Outcome: Outcome.Failed, Status: 500 }),
        ["http.502"] = new("body: html", (_, o) => o is { Outcome: Outcome.Failed, Status: 502 }),
        ["http.503"] = new("body: empty", (_, o) => o is { Outcome: Outcome.Overloaded, Status: 503 }),
        ["http.504"] = new("", (_, o) => o is { Outcome: Outcome.Failed, Status: 504 }),
        ["http.wrong_content_type"] = new("", (_, o) => o.Outcome != Outcome.Completed && o.Status == 200),
        ["http.bad_json"] = new("", (_, o) => o is { Outcome: Outcome.Malformed, Status: 200 }),
        ["http.empty_body"] = new("", (_, o) => o is { Outcome: Outcome.Empty, Status: 200 }),
        ["http.truncated_body"] = new("bytes: 90B", (_, o) => o.Outcome == Outcome.Truncated),
        ["http.slow_headers"] = new("delay: 60ms", (_, o) => IsWhole(o) && o.FirstToken - o.Sent >= Ms(50)),
        ["connection.reset"] = new("", (_, o) => o.Outcome == Outcome.Reset && o.Status is null),
        ["connection.refuse"] = new("", (_, o) => o.Outcome == Outcome.ConnectError),
        ["connection.blackhole"] = new("", (_, o) => o.Outcome == Outcome.TimedOut && o.Status is null),
        ["connection.dns_failure"] = new("", (_, o) => o.Status == 502 && o.Reason!.Contains("dns_failure", StringComparison.Ordinal)),
        ["connection.tls_failure"] = new("", (_, o) => o.Status == 502 && o.Reason!.Contains("tls_failure", StringComparison.Ordinal)),
        ["connection.churn"] = new("", (test, o) => test.IsClean(o)),
        ["connection.bandwidth"] = new("perSecond: 2KiB", (test, o) => test.IsClean(o) && o.Ended - o.Sent >= Ms(50)),
        ["connection.jitter"] = new("delay: 12ms, jitter: 2ms", (test, o) => test.IsClean(o) && o.FirstToken - o.Sent >= Ms(10)),
    };

    public static TheoryData<string> Names => [.. ProxyFaults.Catalogue.Select(kind => kind.Name)];

    public async Task InitializeAsync()
    {
        _endpoint = await ScriptedEndpoint.StartAsync();
        (_endpoint.Answer, _endpoint.Usage) = (Text, true);
    }

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_WithTheFault_ShowsItInTheJournal(string name)
    {
        var probe = Probes[name];
        var isControl = ProxyFaults.Catalogue.First(kind => kind.Name == name).Class == "control";
        // Some faults show as a time-out; what a correct client must accept may take as long as a busy machine needs.
        var patience = isControl ? "30s" : "500ms";
        _session.Folder.File("prompts.jsonl", """{"id":"a","prompt":"Spell.","expected":"abcdefgh"}""" + "\n");
        var file = _session.Folder.File("one.yaml", $$"""
            version: 1
            targets: { remote: { type: openai, url: "{{_endpoint.Url}}", model: scripted, requestTimeout: {{patience}} } }
            prompts: { words: prompts.jsonl }
            scenarios:
              - workload: { open: { arrivals: constant, rate: 20/s } }
                mix: [ { prompts: words, stream: true } ]
                phases: { warmUp: 500ms, baseline: 400ms, fault: 1200ms, recovery: 400ms }
                faults: [ { fault: {{name}}, with: { {{probe.With}} }, id: it } ]
            """);

        // Half a second is little on a busy machine: what its time-outs spoiled is tried again, twice.
        var code = await _session.RunAsync(file);
        for (var again = 0; again < 2 && (code != 0 || !Hit(name).Any(seen => probe.Seen(this, seen))); again++)
        {
            Directory.Delete(_session.Runs, recursive: true);
            _session.Forget();
            code = await _session.RunAsync(file);
        }

        Assert.True(code == 0, _session.Error);
        var fault = Assert.Single(_session.Summary.Faults);
        Assert.Equal("verified", _session.Summary.Healed.ToString(), ignoreCase: true);
        Assert.True(fault.Applied > 0, $"{name} was applied to nothing");
        var hit = Hit(name);
        Assert.Contains(hit, seen => probe.Seen(this, seen));
        if (isControl)
        {
            Assert.All(hit, seen => Assert.True(IsClean(seen), $"{name}: {seen.Outcome}, {seen.Reason}"));
        }
    }

    [Fact]
    public void Probes_EveryFaultOfTheProxy_HasOne() =>
        Assert.Equal(ProxyFaults.Catalogue.Select(kind => kind.Name).Order(StringComparer.Ordinal), Probes.Keys.Order(StringComparer.Ordinal));

    private List<JournalEvent.Observation> Hit(string name)
    {
        var all = _session.Observations();
        _clean = all.First(seen => seen.Phase == Phase.Baseline && seen.Outcome == Outcome.Completed).OutputSha256;
        return [.. all.Where(seen => seen.Phase == Phase.Fault && (name == "connection.refuse" || seen.Faults.Contains("it")))];
    }

    private static long Ms(int count) => count * 1_000_000L;

    private static bool IsWhole(JournalEvent.Observation seen) => seen.Outcome == Outcome.Completed;

    private bool IsClean(JournalEvent.Observation seen) => IsWhole(seen) && seen.OutputSha256 == _clean;
}
