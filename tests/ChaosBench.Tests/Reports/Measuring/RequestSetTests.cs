using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Measuring;

public sealed class RequestSetTests
{
    private const int Blocks = 3;
    private const int Many = (Blocks * 512) + 100;

    [Theory]
    [InlineData(0, 0)] // all of them in the file
    [InlineData(0, 40_000)] // some packed in memory
    [InlineData(512, 40_000)] // some as objects
    public void Enumerate_PackedAndSpilled_IsWhatWasAdded(int objects, long bytes)
    {
        var (plain, packed) = (Filled(int.MaxValue, long.MaxValue), Filled(objects, bytes));

        Assert.Equal(Many, packed.Count);
        Assert.Equal(plain.LastEnded, packed.LastEnded);
        Assert.Equal(plain.Select(Everything), packed.Select(Everything));
        // A second reading starts from the beginning.
        Assert.Equal(Many, packed.Count(request => request.Arrival >= 0));
    }

    [Fact]
    public void PlannedBetween_AnySpan_IsTheFilteredWhole()
    {
        var packed = Filled(0, 0);
        foreach (var (start, end) in new[] { (0.0, 1.0), (10.0, 10.5), (12.0, 14.0), (15.99, 1e6), (5.0, 5.0), (-3.0, 0.01) })
        {
            Assert.Equal(
                packed.Where(request => request.PlannedAt >= Some.S(start) && request.PlannedAt < Some.S(end)).Select(Everything),
                packed.PlannedBetween(Some.S(start), Some.S(end)).Select(Everything));
        }
    }

    [Fact]
    public void Add_ScoreBeforeItsRequest_IsItsGrade()
    {
        var set = new RequestSet(0, 0);
        set.Add(new JournalEvent.Score { At = 0, Arrival = 7, Grader = "accuracy", Value = 1 });
        set.Add(Raw(7));
        set.Add(Raw(8));
        set.Close(new RequestObjectives());

        Assert.Equal([1.0, 0.0], set.Select(request => request.Accuracy!.Value));
        Assert.Equal([true, false], set.Select(request => request.Good));
    }

    [Fact]
    public void Add_MoreDifferentTextsThanTheTableHolds_KeepsThemAll()
    {
        var set = new RequestSet(0, 0);
        for (var arrival = 0; arrival < 60_000; arrival++)
        {
            set.Add(Raw(arrival) with { PromptId = $"prompt \ud800 {arrival}" });
        }

        set.Close(new RequestObjectives());

        Assert.All(set, request => Assert.Equal($"prompt \ud800 {request.Arrival}", request.PromptId));
    }

    private static RequestSet Filled(int objects, long bytes)
    {
        var set = new RequestSet(objects, bytes);
        var random = new Random(5);
        var cohorts = new[] { Some.Cohort(), Some.Cohort(grader: GraderKind.JsonFields), Some.Cohort(stream: false, tags: ("lang", "ja")) };
        for (var arrival = 0; arrival < Many; arrival++)
        {
            set.Add(Any(arrival, random, cohorts));
            if (random.Next(3) > 0)
            {
                set.Add(new JournalEvent.Score { At = 0, Arrival = arrival, Grader = "field_accuracy", Value = random.Next(7) / 6.0 });
            }
        }

        set.Close(new RequestObjectives(Ttft: TimeSpan.FromSeconds(0.5)));
        return set;
    }

    private static RawRequest Any(int arrival, Random random, ChaosBench.Scenarios.Planning.Cohort[] cohorts)
    {
        // About 100 a second, not in order, as the journal has them.
        var planned = Some.S((arrival / 100.0) + random.NextDouble());
        long? Later(bool there) => there ? planned + random.NextInt64(-1000, 3_000_000_000) : null;
        var sent = random.Next(9) > 0;
        return RawRequest.Of(
            Some.Request(arrival, 1) with
            {
                Planned = planned,
                Sent = Later(sent),
                FirstToken = Later(sent && random.Next(4) > 0),
                LastToken = Later(sent && random.Next(4) > 0),
                Ended = planned + random.NextInt64(0, 5_000_000_000),
                Outcome = (Outcome)random.Next(Enum.GetValues<Outcome>().Length),
                Reason = random.Next(3) == 0 ? $"reason {random.Next(5)}" : null,
                Status = random.Next(2) == 0 ? 503 : null,
                Replica = random.Next(2) == 0 ? 0 : null,
                Degraded = random.Next(2) == 0,
                Faults = random.Next(5) == 0 ? ["node.kill-1", "é"] : [],
                OutputTokens = random.Next(3) == 0 ? null : random.Next(100),
                FirstEventTokens = random.Next(3) == 0 ? null : random.Next(3),
                Gaps = [.. Enumerable.Range(0, random.Next(6)).Select(_ => new TokenGap(random.NextInt64(1L << 40), random.Next(4)))],
            },
            cohorts[random.Next(cohorts.Length)]);
    }

    private static RawRequest Raw(int arrival)
    {
        var seen = Some.Request(arrival, 1) with { Cohort = Some.Cohort(grader: GraderKind.Exact) };
        return RawRequest.Of(seen, seen.Cohort);
    }

    private static string Everything(Request request)
    {
        var raw = request.Raw;
        return string.Join(
            '|', raw with { Faults = [], Gaps = [] }, string.Join(',', raw.Faults), string.Join(',', raw.Gaps), request.Accuracy,
            request.FieldAccuracy, request.ValidJson, request.Good);
    }
}
