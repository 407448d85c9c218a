using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Merging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Merging;

/// <summary>600 requests of one plan in run folders of three shards, joined again.</summary>
public sealed class MergerTests : IDisposable
{
    private const int Requests = 600;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Merge_AllShards_SameMeasurementsAsOneRun()
    {
        var whole = Written("whole", null, Enumerable.Range(0, Requests));
        var one = RunFolder.Rebuild(whole).Summary;
        var merged = RunFolder.Rebuild(Merger.Merge(ShardSet.Open(Shards(3)), null, Out)).Summary;

        Assert.Equal(RunVerdict.Pass, merged.Verdict);
        Assert.Equal(one.Counts, merged.Counts);
        Assert.Equal(RunFiles.ToJson(one.Targets), RunFiles.ToJson(merged.Targets));
        Assert.Contains(merged.Findings, finding => finding is { Objective: "shards", Verdict: FindingVerdict.Pass });
    }

    [Fact]
    public void Rebuild_OneShardAlone_DecidesNothing()
    {
        var summary = RunFolder.Rebuild(Shards(3)[1]).Summary;

        Assert.Equal(RunVerdict.Inconclusive, summary.Verdict);
        Assert.Contains("shard 2 of 3", summary.Headline + string.Join(" ", summary.Reasons), StringComparison.Ordinal);
        Assert.All(summary.Findings.Where(finding => finding.Kind == FindingKinds.Gate), gate => Assert.Equal(ReasonCodes.OneShard, gate.ReasonCode));
    }

    [Fact]
    public void Merge_AShardMissing_InconclusiveAndSaysWhich()
    {
        var merged = RunFolder.Rebuild(Merger.Merge(ShardSet.Open(Shards(3)[..2]), null, Out)).Summary;

        Assert.Equal(RunVerdict.Inconclusive, merged.Verdict);
        Assert.Contains(merged.Reasons, reason => reason.Contains("shard 3 of 3 left no journal", StringComparison.Ordinal));
        Assert.All(merged.Findings.Where(finding => finding.Kind == FindingKinds.Gate), gate => Assert.Equal(ReasonCodes.ShardMissing, gate.ReasonCode));
    }

    [Fact]
    public void Merge_AShardKilled_InconclusiveAndSaysWhen()
    {
        var folders = Shards(3);
        var journal = Path.Combine(folders[1], JournalFile.Name);
        var text = File.ReadAllText(journal);
        File.WriteAllText(journal, text[..(text.Length / 2)]);

        var merged = RunFolder.Rebuild(Merger.Merge(ShardSet.Open(folders), null, Out)).Summary;

        Assert.Equal(RunVerdict.Inconclusive, merged.Verdict);
        Assert.Contains(merged.Reasons, reason => reason.Contains("shard 2 of 3 stopped after", StringComparison.Ordinal));
    }

    /// <summary>A job that its engine takes back says that it was cancelled; alone so, it is a missing part.</summary>
    [Theory]
    [InlineData(1, RunVerdict.Inconclusive)]
    [InlineData(3, RunVerdict.Cancelled)]
    public void Merge_CancelledShards_APartOrTheWhole(int cancelled, RunVerdict verdict)
    {
        var folders = Shards(3);
        foreach (var folder in folders.Take(cancelled))
        {
            var journal = Path.Combine(folder, JournalFile.Name);
            File.WriteAllText(journal, File.ReadAllText(journal).Replace("\"ending\":\"completed\"", "\"ending\":\"cancelled\"", StringComparison.Ordinal));
        }

        Assert.Equal(verdict, RunFolder.Rebuild(Merger.Merge(ShardSet.Open(folders), null, Out)).Summary.Verdict);
    }

    [Theory]
    [InlineData(0.9, 0.0, RunVerdict.Inconclusive)] // it began late
    [InlineData(0.9, -0.9, RunVerdict.Pass)] // its clock is ahead, it began in time
    [InlineData(0.0, 0.9, RunVerdict.Inconclusive)] // its clock is behind, it began late
    public void Merge_ASkewedShard_JudgedByTheTargetsClock(double utc, double offset, RunVerdict verdict)
    {
        var folders = Shards(2, began => began with { Utc = began.Utc.AddSeconds(utc), Offset = offset, OffsetError = 0.002 });

        var merged = RunFolder.Rebuild(Merger.Merge(ShardSet.Open(folders), null, Out)).Summary;

        Assert.Equal(verdict, merged.Verdict);
        Assert.Equal(verdict == RunVerdict.Pass ? ReasonCodes.Held : ReasonCodes.ShardLate, merged.Findings.Single(finding => finding.Objective == "common start").ReasonCode);
    }

    [Fact]
    public void Merge_RequestInTwoShards_Refused()
    {
        string[] folders = [Written("one", 1, Enumerable.Range(0, 400), of: 2), Written("two", 2, Enumerable.Range(399, 201), of: 2)];

        var refusal = Assert.Throws<JournalException>(() => Merger.Merge(ShardSet.Open(folders), null, Out));

        Assert.Contains("request 399 is in another shard too", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_StrangersAndTwins_AllNamed()
    {
        var folders = Shards(3);
        var foreign = Written("foreign", 3, [], run => run with { PlanSha256 = new string('f', 64), Seed = 9 });

        var refusal = Assert.Throws<JournalException>(() => ShardSet.Open([folders[0], folders[1], folders[1], foreign, Written("plain", null, [])]));

        Assert.Contains($"{foreign}: plan ffff", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"{foreign}: seed 9, but {folders[0]} has 42", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("shard 2 is there 2 times", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("not a shard: it was run without --shard", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_ClocksOfAllShards_TheFirstOnesStays()
    {
        var folders = Enumerable.Range(1, 2).Select(number => Written(
            $"c{number}", number, Slice(number, 2), of: 2, more: [new JournalEvent.ClockStarted { At = 0, ZeroUtc = DateTimeOffset.UnixEpoch.AddSeconds(number) }])).ToList();

        using var journal = JournalFile.Open(Merger.Merge(ShardSet.Open(folders), null, Out));

        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1), Assert.Single(journal.Events().OfType<JournalEvent.ClockStarted>()).ZeroUtc);
    }

    [Fact]
    public void Merge_FaultOfEveryShard_MovesOnce()
    {
        JournalEvent[] faulty(double late) => [.. Some.Broken(start: 20 + late, end: 30 + late)];
        var folders = Enumerable.Range(1, 2).Select(number => Written(
            $"f{number}", number, Slice(number, 2), run => run with { Faults = [Some.Fault()] }, of: 2, more: faulty(number * 0.05))).ToList();

        var run = RunFolder.Load(Merger.Merge(ShardSet.Open(folders), null, Out));
        var moves = run.Measurements.Timeline.Select(entry => entry.Event).OfType<JournalEvent.FaultTransition>().ToList();

        Assert.Equal([FaultState.Ordered, FaultState.Active, FaultState.Cleared, FaultState.Healed], moves.Select(move => move.State));
        Assert.Equal(Some.S(20.06), moves[1].At);
        Assert.Equal(Some.S(30.1), moves[3].At);
    }

    private string Out => Path.Combine(_folder.Path, "out");

    private static IEnumerable<int> Slice(int number, int of) => Enumerable.Range(0, Requests).Where(arrival => arrival % of == number - 1);

    private List<string> Shards(int of, Func<JournalEvent.ShardBegan, JournalEvent.ShardBegan>? second = null) =>
    [
        .. Enumerable.Range(1, of).Select(number => Written($"s{number}", number, Slice(number, of), of: of, began: number == 2 ? second : null)),
    ];

    private string Written(
        string name, int? shard, IEnumerable<int> arrivals, Func<JournalEvent.RunStarted, JournalEvent.RunStarted>? change = null, int of = 3,
        IReadOnlyList<JournalEvent>? more = null, Func<JournalEvent.ShardBegan, JournalEvent.ShardBegan>? began = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
        RunFiles.WriteManifest(folder, Some.Manifest("steady"));
        var own = arrivals.ToList();
        var run = Some.Run("p99 ttft <= 5") with
        {
            PlannedArrivals = Requests,
            PlannedPerSecond = [.. Enumerable.Range(0, 60).Select(second => own.Count(arrival => arrival / 10 == second))],
            Shard = shard is { } number ? new ShardInfo(number, of, own.Count) : null,
        };
        var start = new JournalEvent.ShardBegan { At = 0, Utc = run.StartedUtc, Offset = 0, OffsetError = 0.001 };
        IEnumerable<JournalEvent> events = own.Select(arrival => Some.Request(arrival, arrival * 60.0 / Requests, ttft: 0.1 + (arrival % 17 * 0.01)));
        JournalEvent[] lines =
        [
            (change ?? (same => same))(run),
            .. shard is null ? Array.Empty<JournalEvent>() : [(began ?? (same => same))(start)],
            .. events.Concat(more ?? []).OrderBy(entry => entry.At),
            Some.End(healed: more is null ? HealState.NotNeeded : HealState.Verified),
        ];
        File.WriteAllBytes(Path.Combine(folder, JournalFile.Name), [.. lines.SelectMany(entry => JournalFile.ToLine(entry).Append((byte)'\n'))]);
        return folder;
    }
}
