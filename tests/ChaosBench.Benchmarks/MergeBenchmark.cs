using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios;

namespace ChaosBench.Benchmarks;

/// <summary>
/// Four shards with a million streamed requests each are joined by <c>chaosbench merge</c> in a process of its own: one journal, and every
/// report of it.
/// </summary>
internal static class MergeBenchmark
{
    private const int Shards = 4;
    private const int Each = 1_000_000;

    public static async Task<Report> RunAsync()
    {
        var parent = Directory.CreateTempSubdirectory("chaosbench-merge-").FullName;
        try
        {
            var end = Shards * Each / JournalBenchmark.PerSecond * Nanos.PerSecond;
            Parallel.For(1, Shards + 1, number => JournalBenchmark.Write(
                Directory.CreateDirectory(Path.Combine(parent, "shards", $"{number}")).FullName, Shards * Each, end,
                JournalBenchmark.Cohorts(kinds: 1), new ShardInfo(number, Shards, Each)));
            var (took, peak) = await JournalBenchmark.ChildAsync("merge", Path.Combine(parent, "shards"), "--out", Path.Combine(parent, "merged"));
            var merged = new FileInfo(Path.Combine(parent, "merged", "latest", JournalFile.PackedName));
            var arrivals = RunFiles.ReadSummary(merged.DirectoryName!).Counts["arrivals"];
            return arrivals != Shards * Each ? throw new InvalidOperationException($"the merged run has {arrivals} requests")
                : new Report(
                string.Create(CultureInfo.InvariantCulture, $"{Shards} shards, {Each:N0} requests of 8 token events and a grade each"),
                [
                    new Row("chaosbench merge", "s", [took], 20, AtMost: true),
                    new Row("peak memory of it", "MiB", [peak], 400, AtMost: true),
                    new Row("the merged journal", "MB", [merged.Length / 1e6]),
                ]);
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }
}
