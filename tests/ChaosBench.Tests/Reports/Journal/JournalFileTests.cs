using System.Collections;
using System.IO.Compression;
using System.Text;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Reports.Journal;

public sealed class JournalFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chaosbench-journal").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IReadOnlyList<JournalEvent> EveryKind { get; } =
    [
        Some.Run("p99 ttft < 0.8", "accuracy >= 95%") with
        {
            Faults = [Some.Fault() with { DetectedWithin = 2, RecoveredWithin = 10 }],
            SteadyState = [Some.Gate("attainment >= 95%") with { Phase = Phase.Baseline, Cohort = new Dictionary<string, string> { ["lang"] = "de" } }],
            Objectives = new RequestObjectives(TimeSpan.FromMilliseconds(800), null, TimeSpan.FromTicks(1)),
            PlannedArrivals = 3,
            PlannedPerSecond = [1, 2],
        },
        Some.Request(0, 1) with
        {
            Conversation = 0, Cohort = Some.Cohort(tags: ("mutator", "bidi\u202e")), Status = 200, FinishReason = "stop", InputTokens = 9, RetryAfter = 1.5,
            Replica = 1, Degraded = true, Faults = ["a", "b"], OutputSha256 = Sha256Digest.Of("c"u8), OutputChars = 12, Reason = "line\nbreak \" \\ \0",
        },
        Some.Request(1, 2, Outcome.TimedOut) with { Conversation = 0 },
        Some.Score(0, 0.5, "field_accuracy") with { Detail = "priority" },
        Some.Score(1, null),
        new JournalEvent.HardFail { At = 2, Arrival = 1, Kind = HardFailKind.CrossedAnswer, Detail = "a mark of 13 characters" },
        Some.Moved("kill-1", FaultState.Failed, 1) with { Detail = "no such replica" },
        Some.Met("kill-1", InjectionKind.Bypassed, 2),
        Some.Noticed(3) with { Request = "r000001" },
        new JournalEvent.Decided { At = 4, Pairs = 14, End = 40_000_000_000, Arrivals = 412, Reason = "pass after 14: p95 e2e <= +25% vs baseline" },
        new JournalEvent.TargetStarted { At = 5, Target = Some.Candidate, Block = 3, Took = 812_000_000, Requests = 8, Unanswered = 1 },
        new JournalEvent.ClockStarted { At = 1, ZeroUtc = new DateTimeOffset(2026, 11, 20, 12, 0, 1, TimeSpan.Zero) },
        new JournalEvent.Attempt { At = 9, Arrival = 1, Number = 2, Conversation = 0, Target = Some.Candidate, Began = 5, Outcome = Outcome.Failed, Status = 500, Reason = "it broke" },
        new JournalEvent.ServerSample
        {
            At = 7, Source = "vllm", Took = 3, Values = new Dictionary<string, double> { ["vllm:num_requests_running"] = 1.5 },
            Histograms = new Dictionary<string, ServerBuckets> { ["ttft"] = new([0.1, 0.2], [1, 2, 3], 0.5) },
        },
        new JournalEvent.Judged { At = 4, By = "grader", Answers = 9, Unanswered = 1, Right = 10, RightCalledRight = 9, Wrong = 10, WrongCalledWrong = 8, Agreement = 0.9, Problem = "judge-nonsense", Detail = "it says neither" },
        new JournalEvent.Decided { At = 4, Pairs = 6, End = 9, Arrivals = 3, Reason = "p95 e2e: pass" },
        new JournalEvent.GoldenCompared { At = 4, Folder = "gold", SnapshotSha256 = new string('a', 64), Embedder = "hashed", Scored = 3, Uncovered = 1, Problem = "embedder-changed", Detail = "it moved" },
        new JournalEvent.Note { At = 4, Text = "<script>alert(1)</script>" },
        new JournalEvent.GeneratorSample { At = 5, InFlight = 3, ProcessCpu = 1.5, GcPause = 7, ThreadPoolQueue = 2, OthersCpu = 0.25 },
        new JournalEvent.Decided { At = 6, Pairs = 3, End = 9, Arrivals = 2, Reason = "p99 ttft holds" },
        new JournalEvent.ShardBegan { At = 0, Utc = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), Appointed = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), Offset = -0.2, OffsetError = 0.001 },
        Some.End(RunEnding.Aborted, HealState.Verified, "error_rate > 50% for 5s"),
    ];

    [Fact]
    public void EveryKind_OfEvent_IsInTheList()
    {
        var kinds = typeof(JournalEvent).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(JournalEvent))).ToHashSet();

        Assert.Equal(kinds, EveryKind.Select(entry => entry.GetType()).ToHashSet());
        Assert.Equal(kinds, Json.Kinds.Values.ToHashSet());
    }

    [Fact]
    public void ToLine_EveryKind_ReadsBackTheSame()
    {
        foreach (var entry in EveryKind)
        {
            var line = JournalFile.ToLine(entry);

            var back = JournalFile.FromLine(line);

            Assert.Equal(line, JournalFile.ToLine(back));
            AssertSame(entry, back);
            Assert.DoesNotContain((byte)'\n', line);
        }
    }

    [Fact]
    public void ToLine_Observation_HasShortStableNames()
    {
        var line = Encoding.UTF8.GetString(JournalFile.ToLine(Some.Request(7, 1)));

        Assert.StartsWith("""{"t":"request","at":""", line, StringComparison.Ordinal);
        Assert.Contains("""
            "gaps":[[100000000,1],[100000000,2],[100000000,1]]
            """, line, StringComparison.Ordinal);
        Assert.Contains("\"outcome\":\"completed\"", line, StringComparison.Ordinal);
        Assert.DoesNotContain("null", line, StringComparison.Ordinal);
        Assert.DoesNotContain("\"faults\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteLine_EveryKind_WritesWhatTheSerializerWrites()
    {
        var plain = Some.Request(1, 2, Outcome.TimedOut);
        var everything = (JournalEvent.Observation)EveryKind[1];
        JournalEvent[] more =
        [
            .. Enum.GetValues<Outcome>().Select(outcome => plain with { Outcome = outcome }),
            .. Enum.GetValues<Phase>().Select(phase => everything with { Phase = phase }),
            everything with { Sent = null, FirstToken = null, LastToken = null, Gaps = [], Faults = [], RetryAfter = 0.1 + 0.2 },
            everything with { Reason = "Grüße 你好 🎉 <&'\u2028>", PromptId = "\ud800", Target = "\u0001", RetryAfter = double.PositiveInfinity },
            everything with { At = long.MaxValue, Ended = 0, OutputTokens = int.MaxValue, Replica = 0, Degraded = false, RetryAfter = 86400 },
        ];
        foreach (var entry in EveryKind.Concat(more))
        {
            Assert.Equal(Text(entry), ByHand(entry));
        }
    }

    [Fact]
    public void WriteLine_FullObservation_HasEveryProperty()
    {
        var seen = (JournalEvent.Observation)EveryKind[1];
        var line = ByHand(seen with { TokenSource = TokenSource.Usage });

        Assert.All(
            typeof(JournalEvent.Observation).GetProperties().Where(property => property.GetIndexParameters().Length == 0 && property.Name != "EqualityContract"),
            property => Assert.Contains($"\"{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(property.Name)}\":", line, StringComparison.Ordinal));
    }

    /// <summary>Every field present or absent, long and short, plain and hostile; one buffer for all, as in a run.</summary>
    [Fact]
    public void WriteLine_RandomEvents_WritesWhatTheSerializerWrites()
    {
        var random = new Random(20_261_121);
        var line = new LineBuffer();
        for (var round = 0; round < 5_000; round++)
        {
            JournalEvent entry = round % 4 == 0 ? RandomEvents.Score(random) : RandomEvents.Observation(random);
            line.Clear();

            JournalFile.WriteLine(entry, line);

            Assert.Equal(Text(entry), Encoding.UTF8.GetString(line.Written));
        }
    }

    [Fact]
    public void ToLine_MetricIds_AreTheNamesOfGates()
    {
        foreach (var metric in Metrics.All)
        {
            var run = Some.Run() with { Gates = [Some.Gate("p99 ttft < 1") with { Metric = metric }] };

            Assert.Contains($"\"metric\":\"{Metrics.NameOf(metric)}\"", Encoding.UTF8.GetString(JournalFile.ToLine(run)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ToLine_AnyHostileText_ReadsBackOnOneLine()
    {
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll<string, string>((reason, tag) =>
        {
            var entry = Some.Request(1, 1) with { Reason = reason, Cohort = Some.Cohort(tags: ("x", tag ?? "")) };
            var line = JournalFile.ToLine(entry);
            var back = (JournalEvent.Observation)JournalFile.FromLine(line);
            return !line.Contains((byte)'\n') && Scrub(back.Reason) == Scrub(reason) && Scrub(back.Cohort.Tags["x"]) == Scrub(tag ?? "");
        }));

        // Lone surrogates have no UTF-8; they come back as U+FFFD and hurt nobody.
        static string? Scrub(string? text) => text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }

    [Theory]
    [InlineData("journal.jsonl")]
    [InlineData("journal.jsonl.gz")]
    public void Events_JournalCutAnywhere_ReadsUpToTheCutOrTells(string name)
    {
        var whole = Packed(name, EveryKind.SelectMany(entry => JournalFile.ToLine(entry).Append((byte)'\n')).ToArray());
        var all = Enumerable.Range(1, whole.Length / 97).Select(part => part * 97).Append(whole.Length - 1).Append(0);
        foreach (var length in all)
        {
            var path = Path.Combine(_folder, name);
            File.WriteAllBytes(path, whole[..length]);
            using var reader = JournalFile.Open(path);

            var events = reader.Events().ToList();

            // A gzip file ends in an empty block and a trailer: without them every line is there still.
            var trailer = name.EndsWith(".gz", StringComparison.Ordinal) ? 12 : 1;
            Assert.True(events.Count < EveryKind.Count || length >= whole.Length - trailer, $"cut at {length}");
            Assert.Equal(EveryKind.Take(events.Count).Select(Text), events.Select(Text));
            var endsWithLine = length == 0 || (name == "journal.jsonl" && whole[length - 1] == '\n');
            Assert.True(endsWithLine || reader.Truncated || events.Count == EveryKind.Count, $"cut at {length} without a word");
        }
    }

    [Fact]
    public void Events_BrokenLineInTheMiddle_NamesFileAndLine()
    {
        var path = Path.Combine(_folder, "journal.jsonl");
        File.WriteAllText(path, $"{Text(EveryKind[0])}\n{Text(EveryKind[1])}\n{{\"t\":\"request\"}}\n{Text(EveryKind[^1])}\n");
        using var reader = JournalFile.Open(path);

        var told = Assert.Throws<JournalException>(() => reader.Events().Count());

        Assert.StartsWith($"{path}:3: ", told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"t\":\"run\",\"schema\":99}", "has schema 99")]
    [InlineData("{\"t\":\"note\",\"at\":1,\"text\":\"x\"}", "not the start of a run")]
    [InlineData("[1]", ":1: this line is no event")]
    [InlineData("{\"t\":\"nonsense\",\"at\":1}", ":1: this line is no event")]
    public void Events_WrongFirstLine_IsRefusedWithTheReason(string first, string reason)
    {
        File.WriteAllText(Path.Combine(_folder, "journal.jsonl"), first + "\n");
        using var reader = JournalFile.Open(_folder);

        Assert.Contains(reason, Assert.Throws<JournalException>(() => reader.Events().Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_LineWithoutEnd_IsRefusedBeforeItFillsTheMemory()
    {
        using var endless = new Endless();
        using var reader = new JournalReader(endless, "endless");

        var told = Assert.Throws<JournalException>(() => reader.Events().Count());

        Assert.Contains("longer than", told.Message, StringComparison.Ordinal);
        Assert.InRange(endless.Given, 1, 4L * JournalFile.MaxLineBytes);
    }

    [Fact]
    public void Open_NoJournal_SaysWhatToName()
    {
        Assert.Contains("name a run folder", Assert.Throws<JournalException>(() => JournalFile.Open(_folder)).Message, StringComparison.Ordinal);
    }

    private static string Text(JournalEvent entry) => Encoding.UTF8.GetString(JournalFile.ToLine(entry));

    private static string ByHand(JournalEvent entry)
    {
        var line = new LineBuffer();
        JournalFile.WriteLine(entry, line);
        return Encoding.UTF8.GetString(line.Written);
    }

    private static byte[] Packed(string name, byte[] plain)
    {
        if (!name.EndsWith(".gz", StringComparison.Ordinal))
        {
            return plain;
        }

        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return bytes.ToArray();
    }

    /// <summary>Equality of records stops at lists and dictionaries; this does not.</summary>
    private static void AssertSame(object? expected, object? actual)
    {
        if (expected is null || actual is null || expected is string || expected.GetType().IsPrimitive || expected is IComparable)
        {
            Assert.Equal(expected, actual);
            return;
        }

        if (expected is IEnumerable left && actual is IEnumerable right)
        {
            var (one, two) = (left.Cast<object?>().ToList(), right.Cast<object?>().ToList());
            Assert.Equal(one.Count, two.Count);
            one.Zip(two).ToList().ForEach(pair => AssertSame(pair.First, pair.Second));
            return;
        }

        Assert.Equal(expected.GetType(), actual.GetType());
        foreach (var property in expected.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            AssertSame(property.GetValue(expected), property.GetValue(actual));
        }
    }

    private sealed class Endless : MemoryStream
    {
        public long Given { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'x');
            Given += count;
            return count;
        }
    }
}
