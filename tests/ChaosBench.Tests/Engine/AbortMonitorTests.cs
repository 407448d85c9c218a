using ChaosBench.Engine;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Engine;

public class AbortMonitorTests
{
    private static readonly Objective ErrorRate = Objectives.Of("error_rate > 50%", MetricId.ErrorRate, Comparison.Greater, 0.5);
    private static readonly Objective SlowTtft = Objectives.Of("p90 ttft > 2s", MetricId.Ttft, Comparison.Greater, 2, percentile: 90);

    [Fact]
    public void Check_ConditionHoldsForItsTime_GivesTheReason()
    {
        var reasons = Watch(ErrorRate, 3, second => second >= 4 ? [Outcome.Failed, Outcome.Failed] : [Outcome.Completed, Outcome.Completed]);

        // Seconds 4, 5, 6 are bad. The 2 s window holds both kinds at the look at 5 s (50 %, not more), so the streak begins at 5.
        Assert.Equal(8, reasons.FindIndex(r => r is not null) + 1);
        Assert.Equal("abort condition 'error_rate > 50%' held for 3 s; last value 100%", reasons[7]);
    }

    [Fact]
    public void Check_OneGoodMoment_StartsOver()
    {
        var reasons = Watch(ErrorRate, 4, second => second % 3 == 2 ? [.. Enumerable.Repeat(Outcome.Completed, 9)] : [Outcome.Failed]);

        Assert.All(reasons, Assert.Null);
    }

    [Fact]
    public void Check_NoAnswers_ChangesNothing() => Assert.All(Watch(ErrorRate, 3, _ => []), Assert.Null);

    [Fact]
    public void Check_WithoutFor_FiresAtOnce() => Assert.NotNull(Watch(ErrorRate, 0, _ => [Outcome.Failed])[0]);

    [Fact]
    public void Check_WaitingLongerThanTheLimit_CountsAsInfinitelyLate()
    {
        var monitor = new AbortMonitor([new AbortCondition(SlowTtft, TimeSpan.Zero)]);
        var arrival = Plans.Arrival(0, 0);
        WaitingRequest[] waiting = [new(0, Phase.Baseline, arrival.Cohort, HasFirstToken: false)];

        Assert.Null(monitor.Check(2 * Nanos.PerSecond, [], waiting));
        Assert.Equal("abort condition 'p90 ttft > 2s' held for 0 s; last value no answer", monitor.Check(3 * Nanos.PerSecond, [], waiting));
    }

    [Fact]
    public void Check_FailedRequests_AreInfinitelyLate() => Assert.NotNull(Watch(SlowTtft, 0, _ => [Outcome.Failed])[0]);

    [Fact]
    public void Check_WarmUp_DoesNotCount() => Assert.All(Watch(ErrorRate, 0, _ => [Outcome.Failed], Phase.WarmUp), Assert.Null);

    [Fact]
    public void Constructor_MetricThatNeedsTheWholeRun_IsRefused()
    {
        var accuracy = Objectives.Of("accuracy < 90%", MetricId.Accuracy, Comparison.Less, 0.9);

        Assert.False(AbortMonitor.Supports(accuracy));
        Assert.Throws<ArgumentException>(() => new AbortMonitor([new AbortCondition(accuracy, TimeSpan.Zero)]));
    }

    /// <summary>Twelve looks, one a second; entry k is the look at k + 1 seconds. Answers of a second end in its middle.</summary>
    private static List<string?> Watch(Objective condition, int seconds, Func<int, Outcome[]> answersOfSecond, Phase phase = Phase.Baseline)
    {
        var monitor = new AbortMonitor([new AbortCondition(condition, TimeSpan.FromSeconds(seconds))]);
        var all = new List<JournalEvent.Observation>();
        var reasons = new List<string?>();
        for (var second = 0; second < 12; second++)
        {
            var ended = (second * Nanos.PerSecond) + (Nanos.PerSecond / 2);
            all.AddRange(answersOfSecond(second).Select(outcome => Observation(outcome, ended, phase)));
            var now = (second + 1) * Nanos.PerSecond;
            reasons.Add(monitor.Check(now, [.. all.Where(o => o.Ended > now - (5 * Nanos.PerSecond))], []));
        }

        return reasons;
    }

    private static JournalEvent.Observation Observation(Outcome outcome, long ended, Phase phase) => new()
    {
        At = ended,
        Arrival = 0,
        Target = "t",
        Phase = phase,
        Block = 0,
        Cohort = Plans.Arrival(0, 0).Cohort,
        PromptId = "p",
        Planned = ended - Nanos.PerMillisecond,
        Sent = ended - Nanos.PerMillisecond,
        FirstToken = ended,
        Ended = ended,
        Outcome = outcome,
        PromptSha256 = "",
    };
}
