using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class SequentialJudgeTests
{
    private const int PerArm = 4;

    private static JournalEvent.RunStarted Run(PairLimits limits, params string[] gates) => Some.Run(gates) with
    {
        Targets = new Dictionary<string, string> { ["candidate"] = Some.Candidate, ["baseline"] = Some.Baseline },
        Phases = [new PhaseWindow(Phase.Baseline, 0, Some.S(2.0 * limits.Most))],
        Pairs = limits,
        PlannedArrivals = 2 * PerArm * limits.Most,
    };

    /// <summary>One pair of blocks of 2 s; <paramref name="factor"/> is the candidate's slowness in it.</summary>
    private static List<JournalEvent> Pair(int block, double factor, int right = PerArm)
    {
        var events = new List<JournalEvent>();
        for (var number = 0; number < 2 * PerArm; number++)
        {
            var (candidate, arrival) = (number % 2 == 0, (block * 2 * PerArm) + number);
            events.Add(Some.Request(arrival, (block * 2) + (number * 0.2), ttft: 0.1 * (candidate ? factor : 1)) with
            {
                Phase = Phase.Baseline, Target = candidate ? Some.Candidate : Some.Baseline, Block = block + 1,
                Cohort = Some.Cohort(grader: GraderKind.Exact),
            });
            events.Add(Some.Score(arrival, !candidate || number / 2 < right ? 1 : 0));
        }

        return events;
    }

    private static double Noise(SplitMix64 random, double size) => Math.Exp(size * Normal.InvCDF(0, 1, Math.Clamp(random.NextDouble(), 1e-9, 1 - 1e-9)));

    /// <summary>What the run does: pairs until it is decided. The journal, and how many pairs were played.</summary>
    private static (List<JournalEvent> Journal, int Played) Play(JournalEvent.RunStarted run, Func<int, List<JournalEvent>> pair)
    {
        var (watch, journal) = (new DecisionWatch(run), new List<JournalEvent> { run });
        for (var block = 0; block < run.Pairs!.Most; block++)
        {
            var events = pair(block);
            journal.AddRange(events);
            if (watch.Add(events) is { } reason)
            {
                journal.Add(new JournalEvent.Decided
                {
                    At = Some.S(2 * (block + 1)), Pairs = watch.Pairs, End = Some.S(2 * (block + 1)), Arrivals = 2 * PerArm * (block + 1), Reason = reason,
                });
                return (journal, block + 1);
            }
        }

        return (journal, run.Pairs.Most);
    }

    private static Summary Judged(IEnumerable<JournalEvent> journal) => Judge.Decide(Measurements.Fold([.. journal, Some.End()]), new RunFacts());

    [Theory]
    [InlineData(1.0, FindingVerdict.Pass, "Decided after ")]
    [InlineData(1.4, FindingVerdict.Fail, "Decided after ")]
    [InlineData(1.1, FindingVerdict.Inconclusive, " Not decided within the budget of 60 pairs. About ")]
    public void Decide_UntilDecided_SaysAfterHowManyPairs(double factor, FindingVerdict verdict, string told)
    {
        var random = new SplitMix64(7);

        // The middle one lies on the limit, but for the noise.
        var (journal, played) = Play(Run(new PairLimits(10, 60), "p50 ttft <= 10% vs baseline"), block => Pair(block, factor * Noise(random, 0.05)));
        var summary = Judged(journal);
        var finding = summary.Findings.Single(one => one.Kind == FindingKinds.Gate);

        Assert.Equal(verdict, finding.Verdict);
        Assert.Contains(told, finding.Advice, StringComparison.Ordinal);
        Assert.Equal(verdict == FindingVerdict.Inconclusive, played == 60);
        Assert.Equal("t-sequence", finding.Interval!.Method);
        Assert.Equal(verdict == FindingVerdict.Inconclusive ? ReasonCodes.BudgetSpent : verdict == FindingVerdict.Pass ? ReasonCodes.Held : ReasonCodes.Broken, finding.ReasonCode);
        Assert.Equal(verdict == FindingVerdict.Inconclusive, finding.MorePairs is not null);
        Assert.DoesNotContain(summary.Reasons, reason => reason.Contains("not whole", StringComparison.Ordinal));
    }

    [Fact]
    public void Decide_Pass_WaitsForThePlannedMinimumAndAFailDoesNot()
    {
        var (passed, failed) = (new SplitMix64(1), new SplitMix64(1));
        var limits = new PairLimits(40, 100);

        Assert.Equal(40, Play(Run(limits, "p50 ttft <= 50% vs baseline"), block => Pair(block, Noise(passed, 0.02))).Played);
        Assert.InRange(Play(Run(limits, "p50 ttft <= 50% vs baseline"), block => Pair(block, 3 * Noise(failed, 0.02))).Played, 3, 12);
    }

    /// <summary>Late pairs are slow: a verdict that was reached before them would hide a leak.</summary>
    [Fact]
    public void Decide_SlowLatePairsBeforeTheMinimum_AreSeen()
    {
        var random = new SplitMix64(3);
        var (journal, _) = Play(Run(new PairLimits(40, 60), "p50 ttft <= 10% vs baseline"), block => Pair(block, (block < 15 ? 1 : 1.6) * Noise(random, 0.02)));

        Assert.NotEqual(FindingVerdict.Pass, Judged(journal).Findings.Single(one => one.Kind == FindingKinds.Gate).Verdict);
    }

    [Fact]
    public void Decide_TailOfFewRequests_TakesPairsTogether()
    {
        var random = new SplitMix64(5);
        var (journal, _) = Play(Run(new PairLimits(60, 200), "p95 ttft <= 20% vs baseline"), block => Pair(block, Noise(random, 0.02)));

        // Twenty requests of each version hold one value beyond a p95: five pairs of four.
        Assert.Equal(12, Judged(journal).Findings.Single(one => one.Kind == FindingKinds.Gate).Samples);
    }

    [Fact]
    public void Decide_SharesAllAlike_TakeEnoughRequestsForTheMargin()
    {
        var (journal, played) = Play(Run(new PairLimits(5, 200), "accuracy >= -0.05 vs baseline"), block => Pair(block, 1));
        var finding = Judged(journal).Findings.Single(one => one.Kind == FindingKinds.Gate);

        // (1 - 5 %)^n is below a tenth of 5 % from 104 requests on: 26 pairs of four.
        Assert.Equal((26, FindingVerdict.Pass), (played, finding.Verdict));
        Assert.Contains("Decided after 26 of at most 200 pairs", finding.Advice, StringComparison.Ordinal);
    }

    /// <summary>The same version twice, with the limit where the truth is: the worst case that may not fail. Looked at after each of 200 pairs.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Add_NoDifferenceAndManyLooks_SeldomFails(bool heavyTails)
    {
        var (limits, gate, fails) = (new PairLimits(24, 200), Some.Gate("p50 ttft <= 0% vs baseline"), 0);
        for (ulong seed = 1; seed <= 600; seed++)
        {
            var (random, test) = (new SplitMix64(seed), new SequentialTest(gate, limits));
            for (var pair = 1; pair <= limits.Most && test.DecidedAfter is null; pair++)
            {
                var share = Math.Clamp(random.NextDouble(), 1e-9, 1 - 1e-9);
                var noise = heavyTails ? StudentT.InvCDF(0, 1, 4, share) : Normal.InvCDF(0, 1, share);
                test.Add(new PairValue(Math.Exp(0.1 * noise), 1, pair, PerArm));
            }

            fails += test.Verdict == FindingVerdict.Fail ? 1 : 0;
        }

        Assert.InRange(fails / 600.0, 0, 0.05);
    }

    [Fact]
    public void Fold_DecidedRun_WasPlannedUpToThere()
    {
        var run = Run(new PairLimits(2, 50), "p50 ttft <= 50% vs baseline") with { PlannedPerSecond = [.. Enumerable.Repeat(PerArm, 100)] };
        var decided = new JournalEvent.Decided { At = Some.S(8), Pairs = 3, End = Some.S(8), Arrivals = 8 * PerArm, Reason = "pass" };
        var folded = Measurements.Fold([run, .. Enumerable.Range(0, 4).SelectMany(block => Pair(block, 1)), decided, Some.End()]);

        Assert.Equal((8 * PerArm, Some.S(8), 8), (folded.Run.PlannedArrivals, folded.Windows[^1].End, folded.Run.PlannedPerSecond.Count));
        Assert.Equal(1, Validity.AchievedOverPlanned(folded));
    }
}
