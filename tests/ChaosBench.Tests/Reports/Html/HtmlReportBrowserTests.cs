using System.Text;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Journal;
using Microsoft.Playwright;

namespace ChaosBench.Tests.Reports.Html;

/// <summary>The page as a user meets it: in Debian's Chromium, from a file.</summary>
public sealed class HtmlReportBrowserTests
{
    private const string Chromium = "/usr/bin/chromium";

    [SkippableTheory]
    [InlineData("plain", ColorScheme.Light, 1280)]
    [InlineData("hostile", ColorScheme.Dark, 1280)]
    [InlineData("compare", ColorScheme.Light, 390)]
    public async Task Open_Report_DrawsItsChartsAndTouchesNothingElse(string kind, ColorScheme scheme, int width)
    {
        Skip.IfNot(File.Exists(Chromium), $"{Chromium} is not installed");
        var run = kind switch
        {
            "hostile" => new SampleRun { Hostile = HostileText.Everything },
            "compare" => new SampleRun { WithBaseline = true },
            _ => new SampleRun(),
        };
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });

        var trouble = await Open(page, run.Report());

        var charts = await page.Locator("[data-chart]").CountAsync();
        Assert.Equal(10, charts);
        Assert.Equal(charts, await page.Locator("[data-chart][data-drawn=true] :is(svg path, canvas)").EvaluateAllAsync<int>(
            "marks => new Set(marks.map(mark => mark.closest('[data-chart]'))).size"));
        await Use(page);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways");
        Assert.Empty(trouble);
    }

    [SkippableFact]
    public async Task Filter_OneKindOfRequests_EveryPlotOfRequestsShowsThatKindAlone()
    {
        Skip.IfNot(File.Exists(Chromium), $"{Chromium} is not installed");
        var run = new SampleRun { WithBaseline = true };
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync();
        var trouble = await Open(page, run.Report());
        string[] plots = ["ttft", "e2e", "gap", "heat", "rate", "outcomes", "hdr"];
        var before = await Data(page, plots);

        await page.Locator("#filter").SelectOptionAsync(new SelectOptionValue { Label = "prompt set: mischief" });

        var after = await Data(page, plots);
        Assert.All(plots, plot => Assert.NotEqual(before[plot], after[plot]));
        Assert.Contains("prompt set = mischief", await page.Locator("#filter-note").TextContentAsync(), StringComparison.Ordinal);
        var completed = run.Events().OfType<JournalEvent.Observation>()
            .Count(one => one is { Outcome: Outcome.Completed, Cohort.Prompts: "mischief", Phase: not ChaosBench.Scenarios.Model.Phase.WarmUp });
        var drawn = await page.EvaluateAsync<double>(
            "echarts.getInstanceByDom(document.querySelector('[data-chart=rate]')).getOption().series.find(s => s.name === 'completed').data.reduce((n, p) => n + (p[1] ?? 0), 0)");
        Assert.Equal(completed, drawn, 0.5);

        await page.Locator("#filter").SelectOptionAsync("");
        Assert.Equal(before, await Data(page, plots));
        Assert.Empty(trouble);
    }

    [SkippableFact]
    public async Task Copy_ReplayCommand_IsOnTheClipboard()
    {
        Skip.IfNot(File.Exists(Chromium), $"{Chromium} is not installed");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        await using var context = await browser.NewContextAsync(new() { Permissions = ["clipboard-read", "clipboard-write"] });
        var page = await context.NewPageAsync();
        await Open(page, new SampleRun().Report());

        await page.Locator("#facts .copy").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#facts .copy", new() { HasText = "Copied" }).WaitForAsync();

        Assert.Equal("chaosbench run scenarios.yaml --scenario steady-with-mischief --seed 20261120", await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [SkippableFact]
    public async Task Print_Report_OpensItsStoryAndFillsWholePages()
    {
        Skip.IfNot(File.Exists(Chromium), $"{Chromium} is not installed");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new() { ColorScheme = ColorScheme.Dark });
        var trouble = await Open(page, new SampleRun().Report());

        var pdf = await page.PdfAsync(new() { Format = "A4" });

        Assert.Equal("%PDF"u8.ToArray(), pdf[..4]);
        Assert.InRange(System.Text.RegularExpressions.Regex.Count(Encoding.Latin1.GetString(pdf), @"/Type\s*/Page\b"), 4, 30);
        Assert.Equal(0, await page.Locator("[data-printed]").CountAsync());
        Assert.Empty(trouble);
    }

    /// <summary>Every naughty text in every place, one page each: names, reasons, prompts, answers, facts.</summary>
    [SkippableFact]
    public async Task Open_EachHostileText_ShowsItAsTextAndDoesNothing()
    {
        Skip.IfNot(File.Exists(Chromium), $"{Chromium} is not installed");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync();
        var trouble = Watch(page);
        foreach (var text in HostileText.Each())
        {
            await page.GotoAsync("about:blank");
            await Load(page, new SampleRun { Hostile = text, Accuracy = 0.4, PerSecond = 8 }.Report());

            Assert.True(trouble.Count == 0, $"{text}: {string.Join("; ", trouble)}");
            Assert.Equal(0, await page.Locator("main script, main img, main iframe, main object, main a[href^='javascript']").CountAsync());
        }
    }

    [SkippableFact]
    public async Task Open_HostileComparison_DoesNothing()
    {
        Skip.IfNot(File.Exists(Chromium), $"{Chromium} is not installed");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync();
        var trouble = Watch(page);
        var (before, after) = (new SampleRun { Hostile = HostileText.Everything, PerSecond = 8 }, new SampleRun { Hostile = HostileText.Everything, PerSecond = 8, Seed = 7 });

        await Load(page, ComparisonHtml.Render(Comparer.Compare(("before" + HostileText.Everything, before.Run()), ("after" + HostileText.Everything, after.Run()))), ready: false);

        Assert.Equal(0, await page.Locator("script, img, iframe, object").CountAsync());
        Assert.Empty(trouble);
    }

    [SkippableFact]
    public async Task Open_ForeignMarkupGotIn_ThePolicyStopsIt()
    {
        Skip.IfNot(File.Exists(Chromium), $"{Chromium} is not installed");
        var broken = new SampleRun().Report().Replace(
            "<main>", "<main><script>alert(1)</script><img src=\"http://127.0.0.1:9/x.png\" onerror=\"alert(2)\">", StringComparison.Ordinal);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });

        var trouble = await Open(await browser.NewPageAsync(), broken);

        Assert.Contains(trouble, line => line.Contains("Content Security Policy", StringComparison.Ordinal));
        Assert.DoesNotContain(trouble, line => line.StartsWith("dialog", StringComparison.Ordinal));
    }

    /// <summary>Opens a report from a file; what it should not have done comes back, and is added to while the page lives.</summary>
    private static async Task<List<string>> Open(IPage page, string report)
    {
        var trouble = Watch(page);
        await Load(page, report);
        return trouble;
    }

    private static async Task Load(IPage page, string report, bool ready = true)
    {
        var folder = Directory.CreateTempSubdirectory("chaosbench-report-");
        try
        {
            var file = Path.Combine(folder.FullName, "report.html");
            await File.WriteAllTextAsync(file, report, new UTF8Encoding(false));
            await page.GotoAsync(new Uri(file).AbsoluteUri);
            if (ready)
            {
                await page.WaitForFunctionAsync("document.documentElement.dataset.ready === 'true'");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What each plot draws, as text to compare.</summary>
    private static async Task<Dictionary<string, string>> Data(IPage page, string[] plots)
    {
        var data = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var plot in plots)
        {
            data[plot] = await page.EvaluateAsync<string>(
                $"JSON.stringify(echarts.getInstanceByDom(document.querySelector('[data-chart={plot}]')).getOption().series.map(s => [s.name, s.data]))");
        }

        return data;
    }

    /// <summary>Dialogs, errors, and requests beyond the page itself.</summary>
    private static List<string> Watch(IPage page)
    {
        var trouble = new List<string>();
        page.Dialog += (_, dialog) => trouble.Add($"dialog: {dialog.Message}");
        page.PageError += (_, error) => trouble.Add($"error: {error}");
        page.Console += (_, message) => trouble.Add($"console {message.Type}: {message.Text}");
        page.Request += (_, request) =>
        {
            if (!request.IsNavigationRequest)
            {
                trouble.Add($"request: {request.Url}");
            }
        };
        return trouble;
    }

    /// <summary>Every control once, and a tooltip, which shows names from the run.</summary>
    private static async Task Use(IPage page)
    {
        await page.Locator("#log-scale").CheckAsync();
        await page.Locator("#cohort-metric").SelectOptionAsync("e2e");
        await page.Locator("#heat-metric").SelectOptionAsync("ttft");
        var kinds = await page.Locator("#filter option").EvaluateAllAsync<string[]>("options => options.map(option => option.value)");
        foreach (var kind in kinds)
        {
            await page.Locator("#filter").SelectOptionAsync(kind);
        }

        var dimensions = await page.Locator("#dimension option").CountAsync();
        for (var at = 0; at < dimensions; at++)
        {
            await page.Locator("#dimension").SelectOptionAsync($"{at}");
        }

        await page.Locator("#theme").ClickAsync();
        await page.Locator("[data-chart=cohorts]").HoverAsync();
        await page.Locator(".tip").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }
}
