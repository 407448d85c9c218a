using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ChaosBench.Harness.Running.Detections;
using ChaosBench.Reports.Journal;
using ChaosBench.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Tests.Harness;

/// <summary>A drill in which a team's own systems notice: a webhook, a status page, a Prometheus alert and a command, all real.</summary>
public sealed class DetectionRunTests : IAsyncLifetime, IDisposable
{
    private readonly CommandSession _session = new();
    private ScriptedEndpoint _endpoint = null!;

    /// <summary>The fault phase begins with the 13th request; everybody notices a little later.</summary>
    private bool Noticed => _endpoint.Requests > 20;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [SkippableFact]
    public async Task Run_EveryKindOfSource_IsHeardWithWhoAndWhen()
    {
        Skip.IfNot(File.Exists("/bin/sh"), "no /bin/sh");
        await using var status = await ScriptedHttp.StartAsync(context => context.Response.WriteAsync(Noticed ? "degraded" : "fine"));
        await using var prometheus = await ScriptedHttp.StartAsync(context => context.Response.WriteAsync(
            $$$"""{"status":"success","data":{"alerts":[{"state":"{{{(Noticed ? "firing" : "pending")}}}","labels":{"alertname":"Slow"}}]}}"""));
        var flag = Path.Combine(_session.Folder.Path, "rolled-back");
        var detections = $$"""
            - { name: pager, webhook: 0 }
                  - { name: status-page, http: "{{status.Url}}", contains: degraded, every: 50ms }
                  - { name: alerts, prometheus: "{{prometheus.Url}}", alert: Slow, every: 50ms }
                  - { name: pipeline, command: [/bin/sh, -c, "test -e {{flag}}"], every: 50ms, means: mitigation }
            """;
        var run = _session.RunAsync(Scenario(detections), "--allow-exec");
        await Eventually.HoldsAsync(() => Noticed);
        Assert.Equal(HttpStatusCode.Accepted, await CallAsync("pager", "right"));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync("pager", "wrong"));
        Assert.Equal(HttpStatusCode.NotFound, await CallAsync("nobody", "right"));
        File.WriteAllText(flag, "");

        Assert.Equal(0, await run);

        var heard = Events().OfType<JournalEvent.Detection>().Where(seen => seen.Source is not null).ToList();
        Assert.Equal(
            ["alerts prometheus", "pager webhook", "pipeline command", "status-page http"],
            heard.Where(seen => seen.What != "resolved").Select(seen => $"{seen.By} {seen.Source}").Order(StringComparer.Ordinal));
        var fault = _session.Summary.Faults[0];
        Assert.Contains(fault.DetectedBy, new[] { "pager", "status-page", "alerts" });
        Assert.Equal("external", fault.DetectedByKind);
        Assert.True(fault.DetectedAfterInjection > 0);
        Assert.Equal("pipeline", fault.MitigatedBy);
        Assert.True(fault.TimeToMitigationReport > 0);
        Assert.Contains("by pipeline", await File.ReadAllTextAsync(Path.Combine(_session.RunPath, "postmortem.md")), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_session.RunPath, DetectionEars.WebhookFile)));
    }

    [Fact]
    public async Task Run_SourceThatIsDown_IsANoteAndTheFaultGoesUndetected()
    {
        await _session.RunAsync(Scenario("- { name: alerts, prometheus: \"http://127.0.0.1:9\", alert: Slow, every: 50ms }"));

        Assert.Contains(Events().OfType<JournalEvent.Note>(), note => note.Text.StartsWith("detection 'alerts' could not be asked", StringComparison.Ordinal));
        var fault = _session.Summary.Faults[0];
        Assert.Null(fault.DetectedBy);
        Assert.True(fault.UndetectedFor > 1);
    }

    [Theory]
    [InlineData("- { name: x, command: [\"true\"] }", "starts the command 'true', which is not allowed; run with --allow-exec")]
    [InlineData("- { name: x, http: \"http://status.example/\" }", "reaches out to status.example:80, which is not allowed; run with --allow-host status.example:80")]
    [InlineData("- { name: x }", "nothing says how this detection is heard; write exactly one of")]
    [InlineData("- { webhook: 0, http: \"http://127.0.0.1\" }", "heard in more than one way")]
    [InlineData("- { webhook: 70000 }", "0 to 65535")]
    [InlineData("- { webhook: 0, every: 1s }", "every: of a webhook, which is not asked")]
    [InlineData("- { prometheus: \"http://127.0.0.1\" }", "write exactly one of alert and query")]
    [InlineData("- { http: \"ftp://127.0.0.1\" }", "is not HTTP")]
    [InlineData("- { webhook: 0, contains: x }", "contains: without http:")]
    [InlineData("- { name: router, webhook: 0 }", "would pass for one of the run's own")]
    [InlineData("- { webhook: 0, fault: http.slow_header-1 }", "there is no such fault; did you mean 'http.slow_headers-1'")]
    [InlineData("- { webhok: 0 }", "did you mean 'webhook'")]
    public async Task Validate_BadDetection_SaysPlaceAndRemedy(string line, string message)
    {
        Assert.Equal(4, await _session.CallAsync("validate", Scenario(line)));

        Assert.Contains(message, _session.Error, StringComparison.Ordinal);
        Assert.Matches("run.yaml:[0-9]+:[0-9]+: ", _session.Error);
    }

    [Theory]
    [InlineData]
    [InlineData("--dry-run")]
    public async Task Run_WebhookPortTaken_IsBadInputAndLeavesNothing(params string[] more)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        Assert.Equal(4, await _session.CallAsync(
            ["run", Scenario(FormattableString.Invariant($"- {{ name: pager, webhook: {port} }}")), "--out", _session.Runs, .. more]));

        Assert.Contains(FormattableString.Invariant($"detections: port {port} of the webhook 'pager' cannot be listened on"), _session.Error, StringComparison.Ordinal);
        Assert.Contains("choose another, or 0 for any free one", _session.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_session.Runs));
        Assert.Equal(0, _endpoint.Requests);
    }

    [Fact]
    public async Task Plan_Detections_AreShown()
    {
        Assert.Equal(0, await _session.CallAsync("plan", Scenario("- { name: pager, webhook: 9095, fault: http.slow_headers-1 }")));

        Assert.Contains("hears     pager  webhook on port 9095, means detection of http.slow_headers-1", _session.Out, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> CallAsync(string name, string token)
    {
        var file = Path.Combine(_session.RunPath, DetectionEars.WebhookFile);
        using var told = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var url = told.RootElement.GetProperty("urls").GetProperty("pager").GetString()!.Replace("/pager", "/" + name, StringComparison.Ordinal);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token == "right" ? told.RootElement.GetProperty("token").GetString() : token);
        using var body = new StringContent("""{"what":"paged"}""", Encoding.UTF8, "application/json");
        using var reply = await client.PostAsync(new Uri(url), body);
        return reply.StatusCode;
    }

    private IReadOnlyList<JournalEvent> Events()
    {
        using var journal = JournalFile.Open(_session.RunPath);
        return [.. journal.Events()];
    }

    private string Scenario(string detections)
    {
        _session.Folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?"}""" + "\n");
        return _session.Folder.File("run.yaml", $$"""
            version: 1
            targets: { it: { type: openai, url: "{{_endpoint.Url}}", model: scripted } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - workload: { open: { arrivals: constant, rate: 20/s } }
                mix: [ { prompts: sums, stream: true, maxTokens: 8 } ]
                phases: { warmUp: 0s, baseline: 600ms, fault: 3s, recovery: 400ms }
                faults: [ { fault: http.slow_headers, with: { delay: 20ms } } ]
                detections:
                  {{detections}}
            """);
    }
}
