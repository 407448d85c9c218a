using System.Text.RegularExpressions;
using ChaosBench.Harness.Ui;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Engine;
using ChaosBench.Tests.Reports.Html;
using ChaosBench.Tests.Support;
using Microsoft.Playwright;
using Plans = ChaosBench.Tests.Scenarios.Planning.Plans;

namespace ChaosBench.Tests.Harness.Ui;

/// <summary>The pages as a user meets them: in Debian's Chromium, from a server of this process.</summary>
public sealed partial class UiBrowserTests : IAsyncLifetime, IDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    /// <summary>Beyond what a loaded machine needs, and below the tests' own patience.</summary>
    private const float Patience = 60_000;

    private readonly ShelfFolder _folder = new();
    private readonly List<string> _trouble = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (File.Exists(Chromium))
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        }
    }

    public async Task DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
    }

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task List_HostileAndBrokenFolders_AreRowsThatDoNothing(ColorScheme scheme, int width)
    {
        await _folder.AddAsync("20261120T120000Z-steady-1", 0.1);
        await _folder.AddAsync("20261120T120100Z-steady-1", 0.2, minutes: 1);
        var hostile = await _folder.OpenAsync("20261120T120200Z-hostile-1", scenario: HostileText.Everything, minutes: 2, note: HostileText.Everything);
        RunFolder.Rebuild(hostile);
        File.WriteAllText(Path.Combine(hostile, "report.html"), "<script>alert(1)</script><img src=\"http://127.0.0.1:9/x.png\" onerror=\"alert(2)\">");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "<img src=x onerror=alert(1)>"));
        await using var ui = await UiClient.StartAsync(_folder.Path);
        var page = await OpenAsync(ui.Server.Address, scheme, width);

        Assert.Equal(4, await page.Locator("#runs tbody tr").CountAsync());
        Assert.Equal(1, await page.Locator("#runs .problem").CountAsync());
        await page.Locator("#runs tbody tr", new() { HasText = "alert(4)" }).GetByRole(AriaRole.Button).ClickAsync();
        await page.Locator("#notes-list li", new() { HasText = "alert(4)" }).WaitForAsync();
        await page.Locator("#notes-close").ClickAsync();
        await page.Locator("#find").FillAsync("steady");
        await Assertions.Expect(page.Locator("#runs tbody tr")).ToHaveCountAsync(2);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways");
        var report = await page.Context.RunAndWaitForPageAsync(() => page.Locator("#runs tbody tr a").First.ClickAsync());
        await report.Locator("html[data-ready=true]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

        Watch(report);
        await report.GotoAsync(new Uri(ui.Root, "/report?run=20261120T120200Z-hostile-1").ToString());
        await report.Locator("html[data-ready=true]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        Assert.Empty(_trouble);
    }

    [SkippableFact]
    public async Task Compare_TwoChosenRuns_OpensTheComparisonWithTheOlderFirst()
    {
        await _folder.AddAsync("20261120T120000Z-steady-1", 0.1);
        await _folder.AddAsync("20261120T120100Z-steady-1", 0.2, minutes: 1);
        await using var ui = await UiClient.StartAsync(_folder.Path);
        var page = await OpenAsync(ui.Server.Address);
        Assert.True(await page.Locator("#compare").IsDisabledAsync());

        // By keyboard alone.
        await page.Locator("#runs tbody input").Nth(0).FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Locator("#runs tbody input").Nth(1).FocusAsync();
        await page.Keyboard.PressAsync("Space");
        var comparison = await page.Context.RunAndWaitForPageAsync(() => page.Locator("#compare").PressAsync("Enter"));

        await Assertions.Expect(comparison.Locator("h1")).ToContainTextAsync("Yes");
        await Assertions.Expect(comparison.Locator(".headline")).ToContainTextAsync("p50 ttft +100 %");
        await page.Locator("th[data-sort=e2eP50] button").ClickAsync();
        await Assertions.Expect(page.Locator("th[data-sort=e2eP50]")).ToHaveAttributeAsync("aria-sort", "descending");
        Assert.Empty(_trouble);
    }

    [SkippableFact]
    public async Task History_NumberThatMoved_IsMarkedWhereItDid()
    {
        for (var i = 0; i < 12; i++)
        {
            await _folder.AddAsync($"20261120T12{i:00}00Z-steady-1", (i < 6 ? 0.1 : 0.2) + (i * 0.0005), minutes: i);
        }

        await using var ui = await UiClient.StartAsync(_folder.Path);
        var page = await OpenAsync(ui.Server.Address, path: "/history");

        await Assertions.Expect(page.Locator("#changes")).ToContainTextAsync("From 20261120T120600Z-steady-1 on");
        Assert.NotEqual(0, await page.Locator("#plots figure.moved").CountAsync());
        await page.Locator("#changed").CheckAsync();
        Assert.Equal(await page.Locator("#plots figure").CountAsync(), await page.Locator("#plots [data-drawn=true] canvas").CountAsync());
        Assert.Empty(_trouble);
    }

    [SkippableTheory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Try_SlidersMoved_AnswersStandSideBySide(ColorScheme scheme, int width)
    {
        var scenario = Plans.Scenario();
        await using var models = TryModels.Of(
            Plans.Create(scenario with { Baseline = scenario.Candidate with { Name = "stable" } }), "ab.yaml", Echo("candidate"), Echo("stable"));
        using var desk = new TryDesk(models, TimeProvider.System);
        await using var ui = await UiClient.StartAsync(_folder.Path, desk: desk);
        var page = await OpenAsync(ui.Server.Address, scheme, width, "/try");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-answers", "1");

        await page.Locator("#prompt").FillAsync("please change the <img src=x onerror=alert(1)> address of my order");
        await page.Locator("#typos").FocusAsync();
        for (var i = 0; i < 5; i++)
        {
            await page.Keyboard.PressAsync("PageUp");
        }

        await Assertions.Expect(page.Locator("#sent-note")).ToHaveTextAsync("damaged");
        await Assertions.Expect(page.Locator("#answers article")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("#answers article").First).ToContainTextAsync("stable says");
        await Assertions.Expect(page.Locator("#answers mark").First).ToHaveTextAsync("stable");
        await Assertions.Expect(page.Locator("#likeness")).ToContainTextAsync("differ");
        await page.Locator(".sent summary").Last.ClickAsync();
        await Assertions.Expect(page.Locator("#snippet")).ToContainTextAsync("- { fault: input.typos, share: 100%");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways");
        Assert.Empty(_trouble);
    }

    private static ScriptedTarget Echo(string name) => new(TimeProvider.System, arrival => new Script
    {
        TokenGaps = [], Response = new() { Outcome = Outcome.Completed, Text = $"{name} says {arrival.Prompt.Messages[^1].Content}" },
    });

    [SkippableFact]
    public async Task Open_WrongToken_ShowsNothing()
    {
        Skip.If(_browser is null, $"{Chromium} is not installed");
        await _folder.AddAsync("20261120T120000Z-steady-1");
        await using var ui = await UiClient.StartAsync(_folder.Path);
        var page = await _browser!.NewPageAsync();

        Assert.Equal(401, (await page.GotoAsync(new Uri(ui.Root, "/?token=" + new string('0', 64)).ToString()))!.Status);
        Assert.Equal(401, (await page.GotoAsync(new Uri(ui.Root, "/report?run=20261120T120000Z-steady-1").ToString()))!.Status);
        Assert.Empty(await page.Context.CookiesAsync());
    }

    [SkippableFact]
    public async Task Live_RunWithAFault_IsWatchedNotedAndAborted()
    {
        Skip.IfNot(File.Exists(Chromium), $"{Chromium} is not installed");
        using var session = new CommandSession();
        await using var endpoint = await ScriptedEndpoint.StartAsync();
        session.Folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?","expected":"42"}""" + "\n");
        var file = session.Folder.File("live.yaml", $$"""
            version: 1
            targets: { remote: { type: openai, url: "{{endpoint.Url}}", model: scripted, requestTimeout: 10s } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: live-drill
                workload: 20/s
                mix: [{ prompts: sums, maxTokens: 8 }]
                phases: { baseline: 2s, fault: 300s }
                faults: [{ fault: input.typos, share: 50% }]
            """);
        var run = Task.Run(() => session.CallAsync("run", file, "--out", session.Runs, "--ui", "--ui-linger", "2s"));
        await Eventually.HoldsAsync(() => run.IsCompleted || Address().IsMatch(session.Error));
        Assert.False(run.IsCompleted, session.Error);
        var page = await OpenAsync(new Uri(Address().Match(session.Error).Value), path: "/live");

        await Assertions.Expect(page.Locator("#live-title")).ToHaveTextAsync("live-drill");
        await Assertions.Expect(page.Locator("#faults")).ToContainTextAsync("input.typos-1", new() { Timeout = Patience });
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("Fault in place: input.typos-1");
        await page.Locator("#note-text").FillAsync("seen by \u202Eme <b>now</b>");
        await page.Locator("#note button").ClickAsync();
        await Assertions.Expect(page.Locator("#lines")).ToContainTextAsync("note: seen by <U+202E>me <b>now</b>", new() { Timeout = Patience });
        Assert.Equal(6, await page.Locator(".chart[data-drawn=true] canvas").CountAsync());
        await page.Locator("#abort").ClickAsync();
        await Assertions.Expect(page.Locator("#abort")).ToHaveTextAsync("Press again to abort");
        await page.Locator("#abort").ClickAsync();
        await Assertions.Expect(page.Locator("#verdict-box")).ToContainTextAsync("aborted", new() { Timeout = Patience });
        await Assertions.Expect(page.Locator("#verdict-report")).ToHaveAttributeAsync("href", new Regex("^/report\\?run="));

        Assert.Equal(3, await run.WaitAsync(Eventually.Patience));
        Assert.Equal(RunVerdict.Aborted, session.Summary.Verdict);
        Assert.Contains("aborted in the web view", session.Summary.Headline, StringComparison.Ordinal);
        Assert.DoesNotContain(_trouble, line => !line.Contains("ERR_", StringComparison.Ordinal));
    }

    /// <summary>Follows the printed address, as a user does, and then goes to a page.</summary>
    private async Task<IPage> OpenAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1280, string path = "/")
    {
        Skip.If(_browser is null, $"{Chromium} is not installed");
        var page = await _browser!.NewPageAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        page.SetDefaultTimeout(Patience);
        Watch(page);
        await page.GotoAsync(address.ToString());
        await page.Locator("header.top").WaitForAsync();
        await page.GotoAsync(new Uri(address, path).ToString());
        await page.Locator("html[data-ready=true]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    /// <summary>Dialogs, errors, what the policy stopped, and requests to anywhere else.</summary>
    private void Watch(IPage page)
    {
        page.Dialog += (_, dialog) => _trouble.Add($"dialog: {dialog.Message}");
        page.PageError += (_, error) => _trouble.Add($"error: {error}");
        page.Console += (_, message) => _trouble.Add($"console {message.Type}: {message.Text}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("http://127.0.0.1:", StringComparison.Ordinal) || request.Url.Contains(":9/", StringComparison.Ordinal))
            {
                _trouble.Add($"request: {request.Url}");
            }
        };
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{64}")]
    private static partial Regex Address();
}
