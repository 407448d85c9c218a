using System.Net;
using System.Text.Json;
using ChaosBench.Tests.Reports.Html;

namespace ChaosBench.Tests.Harness.Ui;

/// <summary>The web view as programs meet it: who is let in, what is shown, and what a hostile folder brings about.</summary>
public sealed class UiServerTests : IDisposable
{
    private readonly ShelfFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ask_WithoutTheToken_IsRefusedEverywhere()
    {
        await using var ui = await UiClient.StartAsync(_folder.Path);

        foreach (var path in new[] { "/", "/?token=", "/?token=00", "/history", "/api/runs", "/report?run=x", "/assets/ui.css", "/api/live" })
        {
            var (status, text, _) = await ui.AskAsync(path, token: false);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.Contains("open the address that chaosbench printed", text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await ui.AskAsync("/api/abort", "{}", token: false)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ui.AskAsync("/api/runs", null, false, ("Authorization", "Bearer " + ui.Token + "0"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await ui.AskAsync("/api/runs")).Status);
    }

    [Theory]
    [InlineData("Host", "evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Host", "127.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    public async Task Ask_HeadersOfAnotherPage_AreRefusedThoughTheTokenIsRight(string name, string value, HttpStatusCode expected)
    {
        await using var ui = await UiClient.StartAsync(_folder.Path);

        Assert.Equal(expected, (await ui.AskAsync("/api/runs", null, true, (name, value))).Status);
    }

    [Fact]
    public async Task Open_PrintedAddress_LeavesAStrictCookieThatAsksButActsOnlyFromItsOwnPages()
    {
        await using var ui = await UiClient.StartAsync(_folder.Path);
        await _folder.OpenAsync("20261120T120000Z-steady-1");

        var (_, _, reply) = await ui.AskAsync($"/?token={ui.Token}", token: false);
        var set = reply.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", set, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(ui.Token, set, StringComparison.Ordinal);

        var cookie = ("Cookie", set.Split(';')[0]);
        const string Order = """{ "run": "20261120T120000Z-steady-1", "text": "hello" }""";
        Assert.Equal(HttpStatusCode.OK, (await ui.AskAsync("/api/runs", null, false, cookie)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await ui.AskAsync("/api/note", Order, false, cookie)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ui.AskAsync("/api/note", Order, false, cookie, ("Origin", ui.Root.ToString().TrimEnd('/')))).Status);
    }

    [Fact]
    public async Task Pages_EveryOne_ForbidWhatIsInlineAndWhatIsElsewhere()
    {
        await using var ui = await UiClient.StartAsync(_folder.Path);

        foreach (var path in new[] { "/", "/history" })
        {
            var (status, page, reply) = await ui.AskAsync(path);
            var policy = reply.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("<style", page, StringComparison.Ordinal);
            Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
            Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        }

        foreach (var asset in new[] { "ui.css", "report.css", "common.js", "charts.js", "runs.js", "history.js", "live.js", "try.js", "echarts.min.js", "echarts.NOTICE" })
        {
            Assert.Equal(HttpStatusCode.OK, (await ui.AskAsync($"/assets/{asset}")).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await ui.AskAsync("/assets/..%2f..%2fProgram.cs")).Status);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("../secret")]
    [InlineData("..%2fsecret")]
    [InlineData("/etc")]
    [InlineData("good/../../secret")]
    [InlineData("link")]
    [InlineData("nope")]
    public async Task Report_RunOutsideTheFolder_IsNotFound(string run)
    {
        var inside = Directory.CreateDirectory(Path.Combine(_folder.Path, "in")).FullName;
        await _folder.AddAsync("secret");
        await _folder.AddAsync(Path.Combine("in", "good"));
        Directory.CreateSymbolicLink(Path.Combine(inside, "link"), Path.Combine(_folder.Path, "secret"));
        await using var ui = await UiClient.StartAsync(inside);

        Assert.Equal(HttpStatusCode.NotFound, (await ui.AskAsync($"/report?run={run}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ui.AskAsync($"/compare?before=good&after={run}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ui.AskAsync($"/api/notes?run={run}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await ui.AskAsync("/report?run=good")).Status);
    }

    [Fact]
    public async Task List_FoldersOfEveryKind_EachIsARowAndNoneACrash()
    {
        await _folder.AddAsync("20261120T120000Z-steady-1");
        await _folder.OpenAsync("20261120T120100Z-open-1");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "empty"));
        Write("broken", "manifest.json", "{");
        Write("newer", "manifest.json", """{ "schema": 99 }""");
        Write("nulls", "manifest.json", """{ "schema": 1, "toolVersion": null, "startedUtc": "2026-11-20T12:00:00Z", "scenario": null, "scenarioFile": null, "scenarioSha256": null, "seed": 1, "planSha256": null, "targets": [null], "machine": null }""");
        Write("huge", "manifest.json", new string(' ', (16 << 20) + 1));
        await using var ui = await UiClient.StartAsync(_folder.Path);

        var (status, text, _) = await ui.AskAsync("/api/runs");

        Assert.Equal(HttpStatusCode.OK, status);
        var rows = JsonDocument.Parse(text).RootElement.GetProperty("runs").EnumerateArray().ToDictionary(row => row.GetProperty("run").GetString()!);
        Assert.Equal(7, rows.Count);
        Assert.Equal("pass", rows["20261120T120000Z-steady-1"].GetProperty("verdict").GetString());
        Assert.Equal(600, rows["20261120T120000Z-steady-1"].GetProperty("requests").GetInt64());
        Assert.False(rows["20261120T120100Z-open-1"].TryGetProperty("verdict", out _));
        foreach (var broken in new[] { "empty", "broken", "newer", "nulls", "huge" })
        {
            Assert.False(string.IsNullOrEmpty(rows[broken].GetProperty("problem").GetString()), broken);
        }

        Assert.Contains("schema 99", rows["newer"].GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await ui.AskAsync("/api/history")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ui.AskAsync("/report?run=broken")).Status);
    }

    [Fact]
    public async Task Report_FileWithForeignScripts_IsMadeAnewAndLivesInASandbox()
    {
        var folder = await _folder.AddAsync("good");
        var own = File.ReadAllText(Path.Combine(folder, "report.html"));
        await using var ui = await UiClient.StartAsync(_folder.Path);
        var (_, asIs, reply) = await ui.AskAsync("/report?run=good");
        Assert.Equal(own, asIs);
        var policy = reply.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("sandbox allow-scripts", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-same-origin", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("connect-src", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'unsafe", policy, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(folder, "report.html"), "<meta http-equiv=Content-Security-Policy content=\"script-src 'sha256-" + new string('A', 43) + "='\"><script>alert(1)</script>");
        var (_, madeAnew, _) = await ui.AskAsync("/report?run=good");
        Assert.DoesNotContain("alert(1)", madeAnew, StringComparison.Ordinal);
        Assert.Contains("May this model version be promoted?", madeAnew, StringComparison.Ordinal);

        File.Delete(Path.Combine(folder, "report.html"));
        File.CreateSymbolicLink(Path.Combine(folder, "report.html"), "/etc/hostname");
        Assert.Contains("May this model version be promoted?", (await ui.AskAsync("/report?run=good")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_TwoRuns_IsThePageOfTheCommand()
    {
        await _folder.AddAsync("fast", 0.1);
        await _folder.AddAsync("slow", 0.2, minutes: 1);
        await using var ui = await UiClient.StartAsync(_folder.Path);

        var (status, page, reply) = await ui.AskAsync("/compare?before=fast&after=slow");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("Is the second run worse than the first?", page, StringComparison.Ordinal);
        Assert.Contains("p50 ttft", page, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", reply.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notes_HostileText_IsShownAsWhatItIsAndWrittenOnlyWhileTheRunLives()
    {
        await _folder.AddAsync("done", note: HostileText.Everything);
        var open = await _folder.OpenAsync("open");
        await using var ui = await UiClient.StartAsync(_folder.Path);

        var (_, text, _) = await ui.AskAsync("/api/notes?run=done");
        var note = JsonDocument.Parse(text).RootElement.GetProperty("notes")[0].GetProperty("text").GetString()!;
        Assert.DoesNotContain('\u202E', note);
        Assert.Contains("<U+202E>", note, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Conflict, (await ui.AskAsync("/api/note", """{ "run": "done", "text": "late" }""")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await ui.AskAsync("/api/abort", """{ "run": "done" }""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await ui.AskAsync("/api/note", """{ "run": "open", "text": "" }""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await ui.AskAsync("/api/note", "[")).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await ui.AskAsync("/api/note", new string(' ', 70_000))).Status);
        Assert.Equal(HttpStatusCode.OK, (await ui.AskAsync("/api/note", """{ "run": "open", "text": "alert fired" }""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await ui.AskAsync("/api/abort", """{ "run": "open" }""")).Status);
        Assert.Contains("alert fired", File.ReadAllText(Path.Combine(open, "control.jsonl")), StringComparison.Ordinal);
        Assert.StartsWith("aborted in the web view", File.ReadAllText(Path.Combine(open, "abort")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Act_LinkInPlaceOfARunsOwnFile_IsNotFollowed()
    {
        var open = await _folder.OpenAsync("open");
        var elsewhere = Path.Combine(_folder.Path, "elsewhere.txt");
        File.CreateSymbolicLink(Path.Combine(open, "abort"), elsewhere);
        await using var ui = await UiClient.StartAsync(_folder.Path);

        Assert.Equal(HttpStatusCode.Conflict, (await ui.AskAsync("/api/abort", """{ "run": "open" }""")).Status);
        Assert.False(File.Exists(elsewhere));
    }

    [Fact]
    public async Task Ask_FasterThanPeopleDo_IsSlowedDown()
    {
        await using var ui = await UiClient.StartAsync(_folder.Path, time: new Support.FakeTime());

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 120; i++)
        {
            statuses.Add((await ui.AskAsync("/api/runs")).Status);
        }

        Assert.Equal(100, statuses.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(20, statuses.Count(status => status == HttpStatusCode.TooManyRequests));
    }

    private void Write(string folder, string name, string text) =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, folder)).FullName, name), text);
}
