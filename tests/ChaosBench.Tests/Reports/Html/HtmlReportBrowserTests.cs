using System.Text;
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
        Assert.InRange(charts, 7, 10);
        Assert.Equal(charts, await page.Locator("[data-chart][data-drawn=true] svg path").EvaluateAllAsync<int>(
            "paths => new Set(paths.map(path => path.closest('[data-chart]'))).size"));
        await Use(page);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways");
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
        var folder = Directory.CreateTempSubdirectory("chaosbench-report-");
        try
        {
            var file = Path.Combine(folder.FullName, "report.html");
            await File.WriteAllTextAsync(file, report, new UTF8Encoding(false));
            var trouble = Watch(page);
            await page.GotoAsync(new Uri(file).AbsoluteUri);
            await page.WaitForFunctionAsync("document.documentElement.dataset.ready === 'true'");
            return trouble;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
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
