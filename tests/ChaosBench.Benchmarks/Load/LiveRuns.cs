using System.Diagnostics;
using System.Globalization;
using ChaosBench.Engine;
using ChaosBench.Engine.Pacing;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Harness.Running;
using ChaosBench.Harness.Ui;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Benchmarks.Load;

/// <summary>The same open loop with the terminal's progress alone, and with the live page and one reader of it.</summary>
internal static class LiveRuns
{
    /// <summary>Arguments of the process that reads the page.</summary>
    public const string Reader = "page";

    public static async Task<Dictionary<string, double>> RunAsync(Uri url, double perSecond, double seconds, bool page)
    {
        var plan = Traffic.Open((int)(perSecond * seconds), perSecond, stream: false);
        if (!page)
        {
            return await MeasureAsync(url, plan, new Quiet());
        }

        var folder = Directory.CreateTempSubdirectory("chaosbench-live-").FullName;
        try
        {
            var feed = new LiveFeed(new Quiet());
            await using var server = await UiServer.StartAsync(new UiParts(new RunShelf(folder, TimeProvider.System), feed, null, TimeProvider.System), 0);
            using var reader = Start(server.Address);
            feed.Started(plan, folder);
            await reader.StandardOutput.ReadLineAsync();
            var values = await MeasureAsync(url, plan, feed);
            reader.StandardInput.Close();
            values["frames"] = double.Parse(await reader.StandardOutput.ReadLineAsync() ?? "0", CultureInfo.InvariantCulture);
            await reader.WaitForExitAsync();
            return values;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Says a line when the page is open, and at the end of its input how many frames came.</summary>
    public static async Task<int> ReadAsync(string address)
    {
        using var http = new HttpClient();
        var url = new Uri(address);
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + url.Query["?token=".Length..]);
        using var lines = new StreamReader(await http.GetStreamAsync(new Uri(url, "/api/live")));
        var frames = 0;
        _ = Task.Run(async () =>
        {
            while (await lines.ReadLineAsync() is { } line)
            {
                frames += line == "event: frames" ? 1 : 0;
            }
        });
        Console.WriteLine("open");
        await Console.In.ReadLineAsync();
        Console.WriteLine(Volatile.Read(ref frames));
        return 0;
    }

    /// <summary>On the server's core: what a browser does is not the run's cost.</summary>
    private static Process Start(Uri address)
    {
        var start = Cores.Start("dotnet", [typeof(LiveRuns).Assembly.Location, LoadChild.Verb, Reader, address.ToString()], LoadChild.StubCore);
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        return Process.Start(start)!;
    }

    private static async Task<Dictionary<string, double>> MeasureAsync(Uri url, Plan plan, IRunWatcher watcher)
    {
        await using var target = new OpenAiTarget(Traffic.Settings(url));
        var (cpu, from) = (Environment.CpuUsage.TotalTime, Machine.Clock.GetTimestamp());
        var outcome = await LoadEngine.RunAsync(new RunRequest
        {
            Plan = plan,
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            Journal = new NoJournal(),
            // A spinning loop would hide the cost: it takes the whole core with and without.
            Pacing = PacerOptions.NoSpin,
            Progress = watcher,
            ProgressHasEnds = watcher is LiveFeed,
            WarmUp = false,
        });
        return new Dictionary<string, double>
        {
            ["cpuMicros"] = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / outcome.Counts.Completed,
            ["perSecond"] = outcome.Counts.Completed / Machine.Clock.GetElapsedTime(from).TotalSeconds,
            ["bad"] = outcome.Counts.Failed,
        };
    }

    private sealed class NoJournal : IJournalWriter
    {
        public void Write(JournalEvent @event)
        {
        }
    }

    /// <summary>Stands for the terminal: asks for what it shows, and shows nothing.</summary>
    private sealed class Quiet : IRunWatcher
    {
        public void Started(Plan plan, string folder)
        {
        }

        public void Ended(Summary summary, string folder)
        {
        }

        public void Tell(string line)
        {
        }

        public void Report(RunProgress value)
        {
        }
    }
}
