using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Merging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Merging;

/// <summary>Whatever a run met and however it was cut: the slices together say what the whole says.</summary>
public sealed class MergePropertyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1, 40)]
    [InlineData(2, 2, 700)]
    [InlineData(3, 3, 3_000)]
    [InlineData(4, 7, 1_500)]
    [InlineData(5, 4, 20_000)] // more than are kept as objects
    public void Merge_AnySlicesOfAnyRun_MeasureAndReadAsTheWhole(int seed, int of, int requests)
    {
        var random = new Random(seed);
        var run = Run(requests);
        var own = Enumerable.Range(0, requests).Select(_ => random.Next(of)).ToList();
        var events = Enumerable.Range(0, requests).Select(arrival => (Owner: own[arrival], Lines: Lines(arrival, requests, random))).ToList();
        var whole = RunFolder.Rebuild(Written("whole", run, null, events.SelectMany(one => one.Lines)));
        var folders = Enumerable.Range(1, of).Select(number => Written(
            $"slice{number}", run with { PlannedPerSecond = PerSecond(requests, arrival => own[arrival] == number - 1) },
            new ShardInfo(number, of, own.Count(owner => owner == number - 1)),
            events.Where(one => one.Owner == number - 1).SelectMany(one => one.Lines))).ToList();

        var (folder, merged) = Merger.MergeAndReport(ShardSet.Open(folders), null, Path.Combine(_folder.Path, "out"));

        Assert.Equal(whole.Summary.Counts, merged.Summary.Counts);
        Assert.Equal(RunFiles.ToJson(whole.Summary.Targets), RunFiles.ToJson(merged.Summary.Targets));
        Assert.Equal(RunFiles.ToJson(Gates(whole)), RunFiles.ToJson(Gates(merged)));
        Assert.Equal(whole.Summary.Generator.DispatchLag, merged.Summary.Generator.DispatchLag);
        var written = Reports(folder);
        RunFolder.Rebuild(folder);
        Assert.Equal(written, Reports(folder));
    }

    [Fact]
    public void Merge_ALineThatIsNoEvent_NamedWithFileAndLineAndNothingIsLeft()
    {
        var run = Run(100);
        var folders = Enumerable.Range(1, 2).Select(number => Written(
            $"s{number}", run, new ShardInfo(number, 2, 50), Enumerable.Range(0, 50).SelectMany(at => Lines((at * 2) + number - 1, 100, new Random(1))))).ToList();
        var path = Path.Combine(folders[1], JournalFile.Name);
        var lines = File.ReadAllLines(path);
        lines[20] = lines[20].Replace("\"outcome\":", "\"outcome\":[],\"was\":", StringComparison.Ordinal);
        File.WriteAllLines(path, lines);
        var parent = Path.Combine(_folder.Path, "out");

        var refusal = Assert.Throws<JournalException>(() => Merger.MergeAndReport(ShardSet.Open(folders), null, parent));

        Assert.Contains($"{path}:21: this line is no event", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(parent));
    }

    private static List<string> Reports(string folder) =>
        [.. RunFolder.Writers.Select(writer => Path.Combine(folder, writer.FileName)).Where(File.Exists).Select(File.ReadAllText)];

    private static List<Finding> Gates(RunReport run) => [.. run.Summary.Findings.Where(finding => finding.Kind is "gate" or "steady-state")];

    private static JournalEvent.RunStarted Run(int requests) =>
        Some.Run("p99 ttft <= 5", "p95 e2e <= 0.4", "error_rate <= 20%", "accuracy >= 50%", "mean token_gap <= 1") with
        {
            PlannedArrivals = requests,
            PlannedPerSecond = PerSecond(requests, _ => true),
            Targets = new Dictionary<string, string> { ["candidate"] = Some.Candidate, ["baseline"] = Some.Baseline },
        };

    private static int[] PerSecond(int requests, Func<int, bool> owns) =>
        [.. Enumerable.Range(0, requests).Where(owns).CountBy(arrival => (int)(60L * arrival / requests)).Aggregate(new int[60], (seconds, count) =>
        {
            seconds[count.Key] = count.Value;
            return seconds;
        })];

    /// <summary>A request of any outcome, and what graders say of it.</summary>
    private static IReadOnlyList<JournalEvent> Lines(int arrival, int requests, Random random)
    {
        var outcome = random.Next(10) > 0 ? Outcome.Completed : Enum.GetValues<Outcome>()[random.Next(Enum.GetValues<Outcome>().Length)];
        var request = Some.Request(arrival, arrival * 60.0 / requests, outcome, 0.02 + (random.NextDouble() * random.NextDouble())) with
        {
            Target = random.Next(3) == 0 ? Some.Baseline : Some.Candidate,
            Cohort = Some.Cohort(stream: random.Next(4) > 0, grader: random.Next(2) == 0 ? GraderKind.Exact : GraderKind.None, prompts: random.Next(2) == 0 ? "tickets" : "mischief"),
            Gaps = outcome == Outcome.Completed ? [.. Enumerable.Range(0, random.Next(6)).Select(_ => new TokenGap(random.NextInt64(1_000_000_000), 1 + random.Next(3)))] : [],
        };
        if (random.Next(20) == 0)
        {
            request = request with { Sent = null, FirstToken = null, LastToken = null, Outcome = Outcome.NotSent, Gaps = [] };
        }

        return random.Next(3) > 0 ? [request] : [request, Some.Score(arrival, random.Next(5) / 4.0) with { At = request.At }];
    }

    private string Written(string name, JournalEvent.RunStarted run, ShardInfo? shard, IEnumerable<JournalEvent> events)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
        RunFiles.WriteManifest(folder, Some.Manifest("steady"));
        JournalEvent[] lines =
        [
            run with { Shard = shard },
            .. shard is null ? Array.Empty<JournalEvent>() : [new JournalEvent.ShardBegan { At = 0, Utc = run.StartedUtc, Offset = 0, OffsetError = 0.001 }],
            .. events.OrderBy(entry => entry.At),
            Some.End(),
        ];
        File.WriteAllBytes(Path.Combine(folder, JournalFile.Name), [.. lines.SelectMany(entry => JournalFile.ToLine(entry).Append((byte)'\n'))]);
        return folder;
    }
}
