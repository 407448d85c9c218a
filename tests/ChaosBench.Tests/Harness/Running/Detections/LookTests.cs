using ChaosBench.Harness.Running.Detections;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Tests.Harness.Running.Detections;

/// <summary>One look at each kind of source, against real servers on loopback and real commands, some of them hostile.</summary>
public sealed class LookTests : IDisposable
{
    private const string Firing = """{"status":"success","data":{"alerts":[{"state":"pending","labels":{"alertname":"Slow"}},{"state":"firing","labels":{"alertname":"Down"}}]}}""";

    private readonly HttpLooks _looks = new();

    public void Dispose() => _looks.Dispose();

    [Theory]
    [InlineData(200, "all is well, degraded", null, "degraded", true)]
    [InlineData(200, "all is well", null, "degraded", false)]
    [InlineData(503, "", 503, null, true)]
    [InlineData(503, "degraded", null, "degraded", false)]
    public async Task Ask_Http_NoticesByStatusAndText(int status, string body, int? wanted, string? contains, bool noticed)
    {
        await using var server = await ScriptedHttp.StartAsync(status, body);

        Assert.Equal(noticed, await _looks.AskAsync(new DetectionLook.Http(server.Url, wanted, contains), CancellationToken.None));
    }

    [Theory]
    [InlineData("Down", true)]
    [InlineData("Slow", false)]
    [InlineData("Else", false)]
    public async Task Ask_PrometheusAlert_NoticesWhileItFires(string alert, bool noticed)
    {
        await using var server = await ScriptedHttp.StartAsync(200, Firing);

        Assert.Equal(noticed, await _looks.AskAsync(new DetectionLook.Prometheus(server.Url + "/", alert, null), CancellationToken.None));
    }

    [Theory]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]}]}}""", true)]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[]}}""", false)]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[1,"0"]}}""", false)]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}""", true)]
    public async Task Ask_PrometheusQuery_NoticesAResult(string reply, bool noticed)
    {
        string? asked = null;
        await using var server = await ScriptedHttp.StartAsync(context =>
        {
            asked = context.Request.Path + "?" + context.Request.Query["query"];
            return context.Response.WriteAsync(reply);
        });

        Assert.Equal(noticed, await _looks.AskAsync(new DetectionLook.Prometheus(server.Url, null, "up == 0"), CancellationToken.None));
        Assert.Equal("/api/v1/query?up == 0", asked);
    }

    [Theory]
    [InlineData(200, "<html>", "not what Prometheus answers")]
    [InlineData(200, "[]", "not what Prometheus answers")]
    [InlineData(200, """{"status":"success","data":{"alerts":7}}""", "not what Prometheus answers")]
    [InlineData(200, """{"status":"success","data":{"alerts":[{"state":1,"labels":[]}]}}""", "not what Prometheus answers")]
    [InlineData(200, """{"status":"error","error":"x"}""", "did not answer with success")]
    [InlineData(302, "", "answered 302")]
    [InlineData(500, Firing, "answered 500")]
    public async Task Ask_HostileReply_IsTroubleNotADetection(int status, string body, string trouble)
    {
        await using var server = await ScriptedHttp.StartAsync(status, body);

        Assert.Contains(trouble, (await TroubleAsync(new DetectionLook.Prometheus(server.Url, "Down", null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_DeepOrEndlessReply_IsBounded()
    {
        await using var deep = await ScriptedHttp.StartAsync(200, new string('[', 100_000));
        await using var endless = await ScriptedHttp.StartAsync(async context =>
        {
            var chunk = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        });

        Assert.Contains("not what Prometheus", (await TroubleAsync(new DetectionLook.Prometheus(deep.Url, "Down", null))).Message, StringComparison.Ordinal);
        Assert.Contains("longer than 1 MiB", (await TroubleAsync(new DetectionLook.Prometheus(endless.Url, "Down", null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_NobodyThere_IsTrouble() =>
        Assert.Contains("request failed", (await TroubleAsync(new DetectionLook.Prometheus("http://127.0.0.1:9", "Down", null))).Message, StringComparison.Ordinal);

    [SkippableTheory]
    [InlineData("exit 0", true)]
    [InlineData("exit 1", false)]
    [InlineData("head -c 300000 /dev/zero; exit 0", true)]
    [InlineData("test -z \"$CHAOSBENCH_SECRET\"", true)]
    public async Task Ask_Command_ReadsItsExitCode(string script, bool noticed)
    {
        Skip.IfNot(File.Exists("/bin/sh"), "no /bin/sh");
        Environment.SetEnvironmentVariable("CHAOSBENCH_SECRET", "hush");

        Assert.Equal(noticed, await new CommandLooks([]).AskAsync(new DetectionLook.Command(["/bin/sh", "-c", script]), CancellationToken.None));
    }

    [SkippableTheory]
    [InlineData("exits with 3", "/bin/sh", "-c", "exit 3")]
    [InlineData("does not start", "/nowhere/at/all")]
    public async Task Ask_CommandThatSaysNeither_IsTrouble(string trouble, params string[] words)
    {
        Skip.IfNot(File.Exists("/bin/sh"), "no /bin/sh");

        var told = await Assert.ThrowsAsync<LookException>(() => new CommandLooks([]).AskAsync(new DetectionLook.Command(words), CancellationToken.None));
        Assert.Contains(trouble, told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "called", null)]
    [InlineData("{}", "called", null)]
    [InlineData("""{"what":"paged","fault":"node.kill-1"}""", "paged", "node.kill-1")]
    [InlineData("""{"status":"firing","alerts":[{"labels":{"alertname":"Down"}}]}""", "Down", null)]
    [InlineData("""{"status":"resolved","alerts":[{"labels":{"alertname":"Down"}}]}""", "resolved", null)]
    [InlineData("""{"what":7,"alerts":{},"fault":[]}""", "called", null)]
    [InlineData("""{"alerts":[3]}""", "called", null)]
    public void Read_CallOfAnybody_IsUnderstoodOrPlain(string body, string what, string? fault) =>
        Assert.Equal((what, fault), WebhookFace.Read(System.Text.Encoding.UTF8.GetBytes(body))!.Value);

    [Theory]
    [InlineData("[]")]
    [InlineData("\0")]
    [InlineData("{\"a\"")]
    public void Read_NoObject_IsRefused(string body) => Assert.Null(WebhookFace.Read(System.Text.Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Look_ThereAtTheFirstLook_CountsOnlyAfterItWasGone()
    {
        var journal = new Lines();
        var desk = new DetectionDesk(journal, () => 7);
        var source = Source("pager");

        desk.Look(source, noticed: true, "it fires");
        Assert.Contains("first look", Assert.IsType<JournalEvent.Note>(Assert.Single(journal.Events)).Text, StringComparison.Ordinal);
        desk.Look(source, noticed: true, "it fires");
        desk.Look(source, noticed: false, "it fires");
        desk.Look(source, noticed: true, "it fires");

        Assert.Equal(["resolved", "it fires"], journal.Events.OfType<JournalEvent.Detection>().Select(seen => seen.What));
        Assert.All(journal.Events.OfType<JournalEvent.Detection>(), seen => Assert.Equal(("pager", "http"), (seen.By, seen.Source)));
    }

    [Fact]
    public void Trouble_SameAgainAndAgain_IsOneNote()
    {
        var journal = new Lines();
        var desk = new DetectionDesk(journal, () => 7);
        for (var i = 0; i < 100; i++)
        {
            desk.Trouble(Source("pager"), "no reply");
            desk.Trouble(Source("pager"), $"no reply {i}");
        }

        Assert.Equal(5, journal.Events.Count);
    }

    [Fact]
    public void Call_ThousandsOfThem_AreBounded()
    {
        var journal = new Lines();
        var desk = new DetectionDesk(journal, () => 7);

        Assert.Equal(1_000, Enumerable.Range(0, 3_000).Count(_ => desk.Call(Source("pager"), "called", null)));
        Assert.Equal(1_000, journal.Events.Count);
    }

    private async Task<LookException> TroubleAsync(DetectionLook.Prometheus look) =>
        await Assert.ThrowsAsync<LookException>(() => _looks.AskAsync(look, CancellationToken.None));

    private static DetectionSource Source(string name) => new()
    {
        Name = name, Means = DetectionMeans.Detection, Every = TimeSpan.FromSeconds(1), Look = new DetectionLook.Http("http://127.0.0.1:1", null, null),
    };

    private sealed class Lines : IJournalWriter
    {
        public List<JournalEvent> Events { get; } = [];

        public void Write(JournalEvent @event) => Events.Add(@event);
    }
}
