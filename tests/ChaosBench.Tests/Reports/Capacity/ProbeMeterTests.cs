using ChaosBench.Reports.Capacity;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Capacity;

public sealed class ProbeMeterTests
{
    private static readonly ProbeRules Rules = new() { Objectives = new RequestObjectives(E2e: TimeSpan.FromSeconds(1)) };

    [Fact]
    public void Look_EveryAnswerIsGood_PassesNotBeforeTheLeastTime()
    {
        var meter = new ProbeMeter(Rules, Steady(100, 16));
        var decided = Run(meter, 100, 16, at => Some.Request(at, at / 100.0));

        Assert.Equal(ProbeVerdict.Holds, meter.Decision!.Verdict);
        Assert.InRange(decided, 7.0, 7.2); // 1 s warm-up, 5 s at least, 1 s until the last fate is known
        var result = meter.Result(100);
        Assert.Equal(result.Attempted, result.Good);
        Assert.Equal(0.1, result.Ttft!.P50!.Value, 6);
        Assert.Equal(0.4, result.E2e!.P99!.Value, 6);
        Assert.InRange(result.Goodput!.Value, 92, 101);
    }

    [Fact]
    public void Look_EveryAnswerFails_FailsEarly()
    {
        var meter = new ProbeMeter(Rules, Steady(100, 16));
        var decided = Run(meter, 100, 16, at => Some.Request(at, at / 100.0, Outcome.Failed));

        Assert.Equal(ProbeVerdict.Fails, meter.Decision!.Verdict);
        Assert.InRange(decided, 2.0, 2.3);
        Assert.Null(meter.Result(100).Ttft!.P99);
    }

    [Fact]
    public void Look_NothingIsEverAnswered_FailsThoughNoOutcomeIsKnown()
    {
        var meter = new ProbeMeter(Rules, Steady(100, 16));
        var decided = Run(meter, 100, 16, _ => null);

        Assert.Equal(ProbeVerdict.Fails, meter.Decision!.Verdict);
        Assert.InRange(decided, 2.0, 2.3);
        Assert.Equal(0, meter.Result(100).Good);
        Assert.True(meter.Result(100).Attempted > 0);
    }

    [Fact]
    public void Look_WarmUpFails_IsNotHeldAgainstTheRate()
    {
        var meter = new ProbeMeter(Rules, Steady(100, 16));
        Run(meter, 100, 16, at => Some.Request(at, at / 100.0, at < 100 ? Outcome.Failed : Outcome.Completed));

        Assert.Equal(ProbeVerdict.Holds, meter.Decision!.Verdict);
        Assert.Equal(1, meter.Result(100).Attainment);
    }

    [Fact]
    public void Look_AnswersAreWrong_FailsAlthoughTheyAreQuick()
    {
        var meter = new ProbeMeter(Rules, Steady(100, 16));
        Run(meter, 100, 16, at => Some.Request(at, at / 100.0) with { Cohort = Some.Cohort(grader: GraderKind.Exact) }, accuracy: 0);
        Assert.Equal(ProbeVerdict.Fails, meter.Decision!.Verdict);
    }

    [Fact]
    public void Look_RequestsGoOutLate_SaysThatTheGeneratorIsTheLimit()
    {
        var meter = new ProbeMeter(Rules, Steady(100, 16));
        Run(meter, 100, 16, at => Some.Request(at, at / 100.0) with { Sent = Some.S(at / 100.0 + 0.06) });

        Assert.Equal(ProbeVerdict.GeneratorLimited, meter.Decision!.Verdict);
        Assert.Contains("60 ms", meter.Decision.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Close_TooFewRequests_IsUndecided()
    {
        var meter = new ProbeMeter(Rules, Steady(2, 16));
        Run(meter, 2, 16, at => Some.Request(at, at / 2.0));

        Assert.Equal(ProbeVerdict.Undecided, meter.Decision!.Verdict);
        Assert.Contains("114", meter.Decision.Why, StringComparison.Ordinal);
        Assert.Null(meter.Result(2).Ttft!.P99);
    }

    [Fact]
    public void Close_LimitIsLongerThanTheProbe_StillJudgesEveryAnswer()
    {
        var planned = Steady(100, 16);
        var meter = new ProbeMeter(Rules with { Objectives = new RequestObjectives(E2e: TimeSpan.FromMinutes(1)) }, planned);
        for (var at = 0; at < planned.Length; at++)
        {
            meter.Sent();
            meter.Ended(Some.Request(at, at / 100.0), null);
            meter.Look(planned[at]);
        }

        Assert.Equal(ProbeVerdict.Holds, meter.Close(Some.S(16.5)).Verdict);
        Assert.Equal(1500, meter.Judged);
    }

    [Fact]
    public void For_LowRate_GetsTheTimeThatAPassTakes()
    {
        Assert.Equal(Some.S(2 * 114 / 5.0), Rules.For(5).Most);
        Assert.Equal(Some.S(60), Rules.For(0.1).Most);
        Assert.Equal(Rules.Most, Rules.For(1000).Most);
    }

    private static long[] Steady(int rate, int seconds) => [.. Enumerable.Range(0, rate * seconds).Select(at => Some.S(at / (double)rate))];

    /// <summary>Plays arrivals, outcomes and looks in order of time.</summary>
    /// <returns>Second of the decision.</returns>
    private static double Run(ProbeMeter meter, int rate, int seconds, Func<int, JournalEvent.Observation?> answer, double? accuracy = null)
    {
        var ends = Enumerable.Range(0, rate * seconds).Select(answer).OfType<JournalEvent.Observation>().OrderBy(seen => seen.Ended).ToList();
        var (sent, ended) = (0, 0);
        for (var tick = 1; tick <= seconds * 10; tick++)
        {
            for (; sent < rate * seconds && sent / (double)rate <= tick / 10.0; sent++)
            {
                meter.Sent();
            }

            for (; ended < ends.Count && ends[ended].Ended <= Some.S(tick / 10.0); ended++)
            {
                meter.Ended(ends[ended], accuracy);
            }

            if (meter.Look(Some.S(tick / 10.0)) is not null)
            {
                return tick / 10.0;
            }
        }

        for (; ended < ends.Count; ended++)
        {
            meter.Ended(ends[ended], accuracy);
        }

        meter.Close(Some.S(seconds + 60));
        return seconds;
    }
}
