using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class BaselineGateTests
{
    private static IReadOnlyList<string> Broken(
        string[] steady, int requests, Func<int, JournalEvent.Observation> make, params JournalEvent.Observation[] waiting) =>
        BaselineGate.Broken(
            Some.Run() with { SteadyState = [.. steady.Select(Some.Gate)], Faults = [Some.Fault()] }, [.. Enumerable.Range(0, requests).Select(make)], waiting);

    private static JournalEvent.Observation Made(int arrival, bool fails, double ttft = 0.1) =>
        Some.Request(arrival, arrival * 0.05, fails ? Outcome.Failed : Outcome.Completed, ttft);

    [Fact]
    public void Broken_SteadyBaseline_SaysNothing() =>
        Assert.Empty(Broken(["attainment >= 95%", "p99 ttft <= 0.8"], 400, arrival => Made(arrival, fails: false)));

    [Fact]
    public void Broken_EveryObjective_IsSaid()
    {
        var broken = Broken(["attainment >= 95%", "p99 ttft <= 0.8", "error_rate <= 50%"], 400, arrival => Made(arrival, fails: arrival % 4 == 0));

        Assert.Equal(2, broken.Count);
        Assert.Contains("75 % of 400 requests met every objective", broken[0], StringComparison.Ordinal);
        Assert.Contains("time to first token", broken[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_TooFewToTell_HoldsNoFaultBack() =>
        Assert.Empty(Broken(["p99 ttft <= 0.8"], 20, arrival => Made(arrival, fails: arrival == 3)));

    [Fact]
    public void Broken_NobodyAnswersAnyMore_IsSeenInThoseWhoWait()
    {
        JournalEvent.Observation Waiting(int arrival) =>
            Some.Request(arrival, 10, Outcome.TimedOut) with { Ended = Some.S(19), OutputTokens = null };

        var waiting = Enumerable.Range(400, 100).Select(Waiting).ToArray();

        Assert.Single(Broken(["p99 ttft <= 0.8"], 400, arrival => Made(arrival, fails: false), waiting));
        Assert.Empty(Broken(["p99 ttft <= 10"], 400, arrival => Made(arrival, fails: false), waiting));
        Assert.Empty(Broken(["error_rate <= 1%"], 400, arrival => Made(arrival, fails: false), waiting));
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(11, 1)]
    public void Broken_NoneDeclared_AsksThatHalfOfThemSucceed(int failed, int reasons) =>
        Assert.Equal(reasons, Broken([], 20, arrival => Made(arrival, fails: arrival < failed)).Count);

    [Fact]
    public void Broken_RefusedRequests_AreNoFailures() =>
        Assert.Empty(Broken([], 20, arrival => Some.Request(arrival, arrival, Outcome.Refused)));

    [Fact]
    public void Decide_RunThatStoppedAtTheGate_IsInconclusive()
    {
        var events = Enumerable.Range(0, 380).Select(arrival => (JournalEvent)Made(arrival, fails: false));
        var summary = Judge.Decide(
            ChaosBench.Reports.Measuring.Measurements.Fold(
                [Some.Run("attainment >= 90%") with { Faults = [Some.Fault()] }, .. events, Some.End(RunEnding.BaselineUnsteady, HealState.NotNeeded, "it was slow.")]),
            new RunFacts());

        Assert.Equal(RunVerdict.Inconclusive, summary.Verdict);
        Assert.Equal(2, summary.ExitCode);
        Assert.Equal("Nothing was injected, because the baseline was not steady: it was slow.", summary.Reasons[0]);
        Assert.Equal(HealState.NotNeeded, summary.Healed);
    }
}
