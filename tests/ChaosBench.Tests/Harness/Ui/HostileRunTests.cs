using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace ChaosBench.Tests.Harness.Ui;

/// <summary>
/// What a hostile model and a hostile prompt file can say, along the whole way: a run through the command line, each file that it leaves, the terminal,
/// and the pages of both runs, their comparison and their history in Debian's Chromium.
/// </summary>
public sealed partial class HostileRunTests : IAsyncLifetime, IDisposable
{
    private const string Chromium = "/usr/bin/chromium";
    private const int Flood = 10_000_000;

    /// <summary>Everything at once, but a variable: names of scenarios, targets and prompt sets are held to letters and digits by the reader, models and texts are not.</summary>
    private const string Hostile =
        "=1+1</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'> ]]> --> | `x` [x](http://evil.example) @everyone #1 {{7*7}} "
        + "\u202Egnp.exe\u200B\u2028\u2029\u001b]0;owned\u0007\u001b[31m\u009b31m\u0000\ufeff\r\n| a | b |\n";

    private readonly CommandSession _session = new();
    private readonly List<string> _trouble = [];
    private ScriptedHttp _model = null!;
    private int _asked;

    public async Task InitializeAsync() => _model = await ScriptedHttp.StartAsync(AnswerAsync);

    public async Task DisposeAsync() => await _model.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [SkippableFact]
    public async Task Run_HostileInEveryPlace_BreaksNoFileNoTerminalAndNoPage()
    {
        var file = Scenario();
        for (var run = 0; run < 2; run++)
        {
            var code = await _session.CallAsync("run", file, "--out", _session.Runs, "--seed", $"{run + 1}");
            Assert.True(code is 0 or 1 or 2, _session.Error);
        }

        var runs = Directory.GetDirectories(_session.Runs, "2*").Order(StringComparer.Ordinal).ToList();
        foreach (var folder in runs)
        {
            Assert.InRange(await _session.CallAsync("report", folder, "--write", "sarif", "openmetrics", "csv", "otlp"), 0, 2);
            Check(folder);
        }

        await _session.CallAsync("compare", runs[0], runs[1]);
        await _session.CallAsync("history", _session.Runs);
        // What reached the terminal drives none: no escapes, no bells, no reordering, no invisible characters, no line ends of others.
        Assert.DoesNotMatch(Driving(), _session.Out);
        Assert.DoesNotMatch(Driving(), _session.Error);
        Assert.DoesNotContain(_session.Out.Split('\n').Concat(_session.Error.Split('\n')), line => line.StartsWith("| a | b |", StringComparison.Ordinal));
        await LookAsync(runs);
    }

    private static void Check(string folder)
    {
        string Read(string name) => File.ReadAllText(Path.Combine(folder, name));
        var kinds = Observations(folder).Select(one => one.Outcome).ToHashSet();
        Assert.True(kinds.IsSupersetOf([Outcome.Completed, Outcome.Refused]), string.Join(' ', kinds));
        Assert.NotNull(XDocument.Parse(Read("junit.xml")).Root);
        Assert.NotEqual(JsonValueKind.Undefined, JsonDocument.Parse(Read("findings.sarif")).RootElement.ValueKind);
        Assert.EndsWith("# EOF\n", Read("metrics.txt"), StringComparison.Ordinal);
        Assert.DoesNotContain(Read("metrics.txt").Split('\n'), line => line.StartsWith("| a", StringComparison.Ordinal));
        Assert.DoesNotContain(Read("findings.csv").Split('\n'), line => line.StartsWith('=') || line.Contains(",=", StringComparison.Ordinal) || line.Contains(",\"=", StringComparison.Ordinal));
        foreach (var page in new[] { "report.md", "postmortem.md" })
        {
            var prose = CodeSpan().Replace(Fence().Replace(Read(page), "code"), "`code`");
            Assert.DoesNotContain("<script", prose, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", prose, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("](http://evil", prose, StringComparison.Ordinal);
            Assert.DoesNotMatch(Driving(), Read(page));
        }

        // Ten megabytes of an answer are counted, and not kept.
        Assert.All(Directory.GetFiles(folder), path => Assert.True(new FileInfo(path).Length < 3_000_000, path));
        Assert.All(ContentFile.Read(folder), line => Assert.InRange(line.Output?.Length ?? 0, 0, 20_000));
    }

    private async Task LookAsync(List<string> runs)
    {
        Skip.IfNot(File.Exists(Chromium), $"{Chromium} is not installed");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        Watch(page);
        foreach (var folder in runs)
        {
            await page.GotoAsync(new Uri(Path.Combine(folder, "report.html")).ToString());
            await page.Locator("html[data-ready=true]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
            Assert.Equal(0, await page.Locator("main script, main img, main iframe, main a[href*='evil']").CountAsync());
        }

        await using var ui = await UiClient.StartAsync(_session.Runs);
        await page.GotoAsync(ui.Server.Address.ToString());
        // The address with the token leads on to the list by itself.
        await page.Locator("header.top").WaitForAsync();
        var (first, second) = (Path.GetFileName(runs[0]), Path.GetFileName(runs[1]));
        foreach (var path in new[] { "/", "/history", $"/report?run={first}", $"/compare?before={first}&after={second}" })
        {
            var reply = await page.GotoAsync(new Uri(ui.Root, path).ToString());
            // No reply: the browser was at that address already.
            Assert.True(reply is null or { Status: 200 }, path);
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            Assert.Equal(0, await page.Locator("main script:not([src^='/assets/']), main img, main iframe[srcdoc], main a[href*='evil']").CountAsync());
        }

        Assert.Empty(_trouble);
    }

    private static List<JournalEvent.Observation> Observations(string folder)
    {
        using var journal = JournalFile.Open(folder);
        return [.. journal.Events().OfType<JournalEvent.Observation>()];
    }

    /// <summary>In turn: an answer of hostile text, a refusal that quotes it, ten megabytes, and bytes that are no text.</summary>
    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Method == "GET")
        {
            await context.Response.WriteAsync("{\"data\":[]}");
            return;
        }

        var turn = Interlocked.Increment(ref _asked);
        if (turn % 3 == 0)
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync(JsonSerializer.Serialize(new { error = new { message = Hostile, type = Hostile, code = Hostile } }));
            return;
        }

        context.Response.ContentType = "text/event-stream";
        var text = turn % 20 == 1 ? new string('A', Flood / 4) + Hostile : Hostile;
        for (var part = 0; part < (turn % 20 == 1 ? 4 : 1); part++)
        {
            await context.Response.WriteAsync($"data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{JsonSerializer.Serialize(text)}}}}}]}}\n\n");
        }

        if (turn % 5 == 1)
        {
            // Half of a pair, as JSON may hold it, and bytes that are no UTF-8.
            await context.Response.WriteAsync("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\ud800 \\u0000\"}}]}\n\n");
        }

        if (turn % 7 == 1)
        {
            await context.Response.Body.WriteAsync(Encoding.Latin1.GetBytes("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\u00ff\u00fe\"}}]}\n\n"));
        }

        await context.Response.WriteAsync("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    }

    private string Scenario()
    {
        var quoted = JsonSerializer.Serialize(Hostile);
        _session.Folder.File("prompts.jsonl", $"{{\"prompt\":{quoted},\"expected\":{quoted}}}\n{{\"prompt\":\"\\ud800 {Hostile[..4]}\",\"expected\":\"42\"}}\n");
        return _session.Folder.File("hostile.yaml", $$"""
            version: 1
            targets: { remote: { type: openai, url: "{{_model.Url}}/v1", model: {{quoted}} } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: hostile
                description: {{quoted}}
                workload: 15/s
                objectives: { e2e: 60s }
                mix: [ { prompts: sums, maxTokens: 8, grade: exact } ]
                phases: { warmUp: 0s, baseline: 2s, fault: 1s, recovery: 1s }
                faults: [ { fault: input.typos, share: 50% } ]
                gates: ["error_rate <= 90%", "accuracy >= 1%"]
            """);
    }

    private void Watch(IPage page)
    {
        page.Dialog += (_, dialog) => _trouble.Add($"dialog: {dialog.Message}");
        page.PageError += (_, error) => _trouble.Add($"error: {error}");
        page.Console += (_, message) => _trouble.Add($"console {message.Type}: {message.Text}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("http://127.0.0.1:", StringComparison.Ordinal) && !request.Url.StartsWith("file:", StringComparison.Ordinal))
            {
                _trouble.Add($"request: {request.Url}");
            }
        };
    }

    /// <summary>What a terminal, or the eye, would be driven by.</summary>
    [GeneratedRegex(@"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")]
    private static partial Regex Driving();

    [GeneratedRegex("^(`{3,}|~{3,}).*?^\\1", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("(`+)[^`](?:.*?[^`])?\\1(?!`)")]
    private static partial Regex CodeSpan();
}
