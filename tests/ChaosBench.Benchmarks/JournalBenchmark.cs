using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Benchmarks;

/// <summary>A journal of very many streamed requests is written; <c>chaosbench report</c> rebuilds every report in a process of its own.</summary>
internal static class JournalBenchmark
{
    internal const int PerSecond = 10_000;
    private const int Gaps = 7;
    private const string Target = "candidate";

    public static async Task<Report> RunAsync(int requests, double? seconds, double mebibytes)
    {
        var parent = Directory.CreateTempSubdirectory("chaosbench-journal-").FullName;
        try
        {
            var folder = RunFolder.Create(parent, DateTimeOffset.UnixEpoch, "journal", 1);
            var end = requests / PerSecond * Nanos.PerSecond;
            var from = Machine.Clock.GetTimestamp();
            Write(folder, requests, end, Cohorts(kinds: 1));
            var written = Machine.Seconds(from, Machine.Clock.GetTimestamp());
            var (took, peak) = await ChildAsync("report", folder);
            return new Report(
                string.Create(CultureInfo.InvariantCulture, $"{requests:N0} requests of {Gaps + 1} token events each"),
                [
                    new Row("write the journal", "s", [written]),
                    new Row("chaosbench report", "s", [took], seconds, AtMost: true),
                    new Row("peak memory of chaosbench report", "MiB", [peak], mebibytes, AtMost: true),
                ]);
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    /// <summary>Kinds of requests: one, or 24 of two prompt sets, two temperatures, two batch sizes and three languages.</summary>
    internal static IReadOnlyList<Cohort> Cohorts(int kinds) => [.. Enumerable.Range(0, kinds).Select(kind => new Cohort(
        kind % 2 == 0 ? "tickets" : "mischief", kind / 2 % 2 * 0.7, 48, true, 1 + (kind / 4 % 2), PromptRole.Traffic, GraderKind.Exact,
        new Dictionary<string, string> { ["lang"] = ((string[])["en", "de", "ja"])[kind / 8 % 3] }))];

    /// <param name="shard">Writes the requests of this shard alone. Null: all.</param>
    internal static void Write(string folder, int requests, long end, IReadOnlyList<Cohort> cohorts, ShardInfo? shard = null)
    {
        RunFiles.WriteManifest(folder, Manifest());
        using var journal = new GZipStream(File.Create(Path.Combine(folder, JournalFile.PackedName)), CompressionLevel.Fastest);
        void Put(JournalEvent entry)
        {
            journal.Write(JournalFile.ToLine(entry));
            journal.WriteByte((byte)'\n');
        }

        Put(Start(requests, end) with { Shard = shard });
        if (shard is not null)
        {
            Put(new JournalEvent.ShardBegan { At = 0, Utc = DateTimeOffset.UnixEpoch, Offset = 0, OffsetError = 0.001 });
        }

        var random = new Random(shard?.Number ?? 1);
        for (var arrival = (shard?.Number ?? 1) - 1; arrival < requests; arrival += shard?.Of ?? 1)
        {
            var seen = Seen(arrival, random, cohorts[arrival % cohorts.Count], end);
            Put(seen);
            Put(new JournalEvent.Score { At = seen.Ended, Arrival = arrival, Grader = "accuracy", Value = random.Next(100) < 97 ? 1 : 0 });
        }

        Put(new JournalEvent.RunEnded { At = end, Ending = RunEnding.Completed, Healed = HealState.NotNeeded });
    }

    private static JournalEvent.Observation Seen(int arrival, Random random, Cohort cohort, long end)
    {
        var planned = arrival * (Nanos.PerSecond / PerSecond);
        var sent = planned + random.NextInt64(20_000, 200_000);
        var first = sent + (long)(20_000_000 * Math.Exp(random.NextDouble() * 2));
        var gaps = Enumerable.Range(0, Gaps).Select(_ => new TokenGap(random.NextInt64(4_000_000, 30_000_000), 1)).ToArray();
        var last = first + gaps.Sum(gap => gap.Nanos);
        return new JournalEvent.Observation
        {
            At = last,
            Arrival = arrival,
            Target = Target,
            Phase = planned < end / 3 ? Phase.Baseline : planned < end / 3 * 2 ? Phase.Fault : Phase.Recovery,
            Block = arrival / 100_000,
            Cohort = cohort,
            PromptId = string.Create(CultureInfo.InvariantCulture, $"tickets-{arrival % 600}"),
            Planned = planned,
            Sent = sent,
            FirstToken = first,
            LastToken = last,
            Ended = last,
            Outcome = Outcome.Completed,
            Status = 200,
            FinishReason = "stop",
            InputTokens = 40,
            OutputTokens = Gaps + 1,
            FirstEventTokens = 1,
            Gaps = gaps,
            PromptSha256 = new string('a', 64),
            OutputSha256 = Sha256Digest.Of("b"u8),
            OutputChars = 80,
        };
    }

    /// <summary><c>chaosbench</c> in a process of its own.</summary>
    internal static async Task<(double Seconds, double PeakMiB)> ChildAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "chaosbench.dll"), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        var from = Machine.Clock.GetTimestamp();
        using var process = Process.Start(start)!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var peak = 0.0;
        while (!process.WaitForExit(50))
        {
            peak = Math.Max(peak, PeakOf(process.Id));
        }

        _ = await said;
        return process.ExitCode is 0 or 1 or 2
            ? (Machine.Seconds(from, Machine.Clock.GetTimestamp()), peak)
            : throw new InvalidOperationException($"chaosbench {arguments[0]} ended with {process.ExitCode}: {await complained}");
    }

    /// <summary>The largest resident set so far, MiB; 0 where the system does not tell.</summary>
    internal static double PeakOf(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static JournalEvent.RunStarted Start(int requests, long end) => new()
    {
        At = 0,
        Schema = JournalFile.CurrentSchema,
        ToolVersion = "0",
        StartedUtc = DateTimeOffset.UnixEpoch,
        Scenario = "journal",
        Seed = 1,
        PlanSha256 = new string('0', 64),
        OpenWorkload = true,
        Phases =
        [
            new PhaseWindow(Phase.Baseline, 0, end / 3), new PhaseWindow(Phase.Fault, end / 3, end / 3 * 2),
            new PhaseWindow(Phase.Recovery, end / 3 * 2, end),
        ],
        Faults = [],
        Targets = new Dictionary<string, string> { ["candidate"] = Target },
        Objectives = new RequestObjectives(Ttft: TimeSpan.FromSeconds(0.2)),
        SteadyState = [],
        Gates = [],
        PlannedArrivals = requests,
    };

    private static Manifest Manifest() => new()
    {
        ToolVersion = "0",
        StartedUtc = DateTimeOffset.UnixEpoch,
        Scenario = "journal",
        ScenarioFile = "journal.yaml",
        ScenarioSha256 = new string('0', 64),
        Seed = 1,
        PlanSha256 = new string('0', 64),
        Targets = [new TargetEntry("candidate", Target, "openai", "http://127.0.0.1/", new Dictionary<string, string>())],
        Machine = new MachineFacts("linux", "x64", "10", null, 2, null),
    };
}
