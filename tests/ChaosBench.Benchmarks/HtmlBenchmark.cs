using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Writers;
using ChaosBench.Scenarios;

namespace ChaosBench.Benchmarks;

/// <summary>
/// <c>report.html</c> of a million requests of 24 kinds: made from the journal in a process of its own, and opened in Chromium, whose own
/// clock tells how long it took from the opening of the file until every plot stood.
/// </summary>
internal static partial class HtmlBenchmark
{
    /// <summary>First argument of the process that makes the page; not for users.</summary>
    public const string Verb = "make-html";

    private const string Chromium = "/usr/bin/chromium";
    private const int Requests = 1_000_000;
    private const int Openings = 5;

    public static async Task<Report> RunAsync()
    {
        var parent = Directory.CreateTempSubdirectory("chaosbench-html-").FullName;
        try
        {
            var folder = RunFolder.Create(parent, DateTimeOffset.UnixEpoch, "html", 1);
            JournalBenchmark.Write(folder, Requests, Requests / JournalBenchmark.PerSecond * Nanos.PerSecond, JournalBenchmark.Cohorts(kinds: 24));
            var (seconds, judged, peak) = await MakeAsync(folder);
            var page = Path.Combine(folder, "report.html");
            List<Row> rows =
            [
                new Row("the journal judged", "s", [judged]),
                new Row("report.html made", "s", [seconds], 8, AtMost: true),
                new Row("peak memory of both", "MiB", [peak], 400, AtMost: true),
                new Row("size of report.html", "MB", [new FileInfo(page).Length / 1e6], 3, AtMost: true),
            ];
            var opened = File.Exists(Chromium) ? await OpenAsync(page) : [];
            if (opened.Count > 0)
            {
                rows.Add(new Row("opened in Chromium until every plot stands", "s", opened, 1, AtMost: true));
            }

            var without = opened.Count > 0 ? "" : $"; not opened: {Chromium} is not there";
            return new Report(string.Create(CultureInfo.InvariantCulture, $"{Requests:N0} requests of 24 kinds, 8 token events each{without}"), rows);
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    /// <summary>In the process of its own: <c>make-html FOLDER</c> prints seconds for the judging and for the page.</summary>
    public static int Make(string[] arguments)
    {
        var from = Machine.Clock.GetTimestamp();
        var run = RunFolder.Load(arguments[1]);
        var judged = Machine.Clock.GetTimestamp();
        File.WriteAllText(Path.Combine(arguments[1], "report.html"), new HtmlFile().Render(run));
        var made = Machine.Clock.GetTimestamp();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine.Seconds(from, judged):R} {Machine.Seconds(judged, made):R}"));
        return 0;
    }

    private static async Task<(double Seconds, double Judged, double PeakMiB)> MakeAsync(string folder)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])[typeof(HtmlBenchmark).Assembly.Location, Verb, folder])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var peak = 0.0;
        while (!process.WaitForExit(50))
        {
            peak = Math.Max(peak, JournalBenchmark.PeakOf(process.Id));
        }

        var numbers = (await said).Split(' ', StringSplitOptions.TrimEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[1], numbers[0], peak);
    }

    /// <summary>Seconds from the navigation to the last plot, as the page wrote them down, of each opening.</summary>
    private static async Task<List<double>> OpenAsync(string page)
    {
        var seconds = new List<double>();
        for (var round = 0; round < Openings; round++)
        {
            var start = new ProcessStartInfo("timeout") { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in (string[])["60", Chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", new Uri(page).AbsoluteUri])
            {
                start.ArgumentList.Add(argument);
            }

            using var browser = Process.Start(start)!;
            _ = browser.StandardError.ReadToEndAsync();
            var dom = await browser.StandardOutput.ReadToEndAsync();
            await browser.WaitForExitAsync();
            if (ReadyAfter().Match(dom) is { Success: true } ready)
            {
                seconds.Add(double.Parse(ready.Groups[1].Value, CultureInfo.InvariantCulture) / 1000);
            }
        }

        return seconds;
    }

    [GeneratedRegex("data-ready-after=\"([0-9]+)\"")]
    private static partial Regex ReadyAfter();
}
