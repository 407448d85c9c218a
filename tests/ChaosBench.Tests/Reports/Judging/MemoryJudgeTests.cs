using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class MemoryJudgeTests
{
    private const double MiB = 1 << 20;

    [Fact]
    public void Decide_SteadyLeak_FailsWithItsSlope()
    {
        // 3 MiB a minute over a saw-tooth of 20 MiB.
        var finding = Judged(second => (500 * MiB) + (second * 3 * MiB / 60) + (second % 10 * 2 * MiB));

        Assert.Equal((FindingVerdict.Fail, "B/s"), (finding.Verdict, finding.Unit));
        Assert.InRange(finding.Observed!.Value * 60 / MiB, 2.5, 3.5);
        Assert.Contains("its floor", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_SawToothWithoutALeak_Passes() =>
        Assert.Equal(FindingVerdict.Pass, Judged(second => (500 * MiB) + (second % 15 * 4 * MiB)).Verdict);

    [Fact]
    public void Decide_HeapThatWarmsUp_IsNoLeak() =>
        Assert.Equal(FindingVerdict.Pass, Judged(second => (500 * MiB) + (Math.Min(second, 120) * MiB) + (second % 7 * MiB)).Verdict);

    [Fact]
    public void Decide_TooShortALook_IsInconclusiveWhateverItShows()
    {
        var finding = Judged(second => second * 100 * MiB, seconds: 40);

        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples), (finding.Verdict, finding.ReasonCode));
        Assert.Contains("a heap that warms up looks like a leak", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_NobodySawMemory_IsNotMeasured() =>
        Assert.Equal(ReasonCodes.NotMeasured, Judged(_ => null).ReasonCode);

    private static Finding Judged(Func<int, double?> bytes, int seconds = 600)
    {
        var run = Some.Run("memory_slope < 17476") with
        {
            Phases = [new PhaseWindow(Phase.Baseline, 0, Some.S(seconds))],
        };
        var samples = Enumerable.Range(0, seconds).Select(second => (JournalEvent)new JournalEvent.GeneratorSample
        {
            At = Some.S(second), InFlight = 1, ProcessCpu = 0.1, GcPause = 0, ThreadPoolQueue = 0, Memory = bytes(second) is { } size ? (long)size : null,
        });
        return Judge.Decide(Some.Fold(run, Some.Requests(60), samples), new RunFacts()).Findings.Single(finding => finding.Kind == FindingKinds.Gate);
    }
}
