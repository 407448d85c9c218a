using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Tests.Reports.Measuring;

public sealed class DisturbancesTests
{
    /// <summary>Thirty blocks of two seconds, from 0 s on; the machine is disturbed in the seconds that end at <paramref name="at"/>.</summary>
    private static Measurements Fold(JournalEvent.RunStarted run, double usual, double others, int[] at, double late = 0)
    {
        var requests = Enumerable.Range(0, 1200).Select(number =>
        {
            var (planned, candidate) = (number * 0.05, number % 2 == 0);
            var hit = candidate && at.Any(second => planned >= second - 1 && planned < second);
            return (JournalEvent)(Some.Request(number, planned, ttft: 0.1 + (number * 7919 % 101 * 0.0001) + (hit ? late : 0)) with
            {
                // Answers end within the second that they were asked in, or blocks would reach into each other.
                Target = candidate ? Some.Candidate : Some.Baseline, Block = (int)(planned / 2), At = Some.S(planned), Ended = Some.S(planned) + Some.S(0.04),
            });
        });
        var samples = Enumerable.Range(1, 60).Select(second => new JournalEvent.GeneratorSample
        {
            At = Some.S(second), InFlight = 1, ProcessCpu = 0.5, GcPause = 0, ThreadPoolQueue = 0, OthersCpu = at.Contains(second) ? others : usual,
        });
        return Some.Fold(run, requests.Concat(samples));
    }

    private static JournalEvent.RunStarted Run(bool? servedHere = true, string gate = "p99 ttft <= +5% vs baseline") => Some.Run(gate) with
    {
        ServedHere = servedHere, Targets = new Dictionary<string, string> { ["candidate"] = Some.Candidate, ["baseline"] = Some.Baseline },
    };

    [Fact]
    public void Blocks_SomebodyTookTheMachine_AreThoseOfThatSecond() =>
        Assert.Equal([2, 20], Fold(Run(), usual: 0.02, others: 0.6, at: [5, 41]).DisturbedBlocks.Order());

    [Theory]
    [InlineData(0.02, 0.11)]
    [InlineData(0.30, 0.39)]
    public void Blocks_LittleMoreThanUsual_AreNone(double usual, double others) =>
        Assert.Empty(Fold(Run(), usual, others, [5, 41]).DisturbedBlocks);

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public void Blocks_TargetElsewhere_AreNoneSinceItsWorkIsSomebodyElses(bool? servedHere) =>
        Assert.Empty(Fold(Run(servedHere), 0.02, 0.9, [5, 41]).DisturbedBlocks);

    [Fact]
    public void Blocks_OfAFault_AreKept()
    {
        var run = Run() with { Faults = [Some.Fault(start: 20, end: 60)] };

        Assert.Equal([2], Fold(run, 0.02, 0.9, [5, 41]).DisturbedBlocks);
    }

    [Fact]
    public void Decide_StallInTurnsOfTheCandidate_IsNotItsFault()
    {
        int[] stalls = [5, 17, 29, 41, 47, 53];
        var alone = Finding(Fold(Run(servedHere: null), 0.02, 0.9, stalls, late: 0.5));
        var told = Finding(Fold(Run(), 0.02, 0.9, stalls, late: 0.5));

        Assert.Equal(FindingVerdict.Fail, alone.Verdict);
        Assert.Equal((FindingVerdict.Pass, 24L), (told.Verdict, told.Samples));
        Assert.EndsWith("6 of 30 pairs were set aside: other programs used this machine meanwhile.", told.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_AnswersWrongMeanwhile_CountAllTheSame()
    {
        var run = Run(gate: "error_rate <= 0.01 vs baseline");

        Assert.Equal(30, Finding(Fold(run, 0.02, 0.9, [5, 17])).Samples);
    }

    [Fact]
    public void Decide_MachineThatWasHardlyEverQuiet_SaysSo()
    {
        var finding = Finding(Fold(Run(), 0.02, 0.9, [.. Enumerable.Range(0, 11).Select(block => (2 * block) + 1)]));

        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.MachineDisturbed), (finding.Verdict, finding.ReasonCode));
        Assert.Contains("in 11 of 30 pairs of blocks", finding.Advice, StringComparison.Ordinal);
    }

    private static Finding Finding(Measurements run) => Judge.Decide(run, new RunFacts()).Findings.Single(finding => finding.Kind == FindingKinds.Gate);
}
