using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Tests.Reports.Judging;

/// <summary>Versions that have traffic at the same time: split and mirrored.</summary>
public sealed class SharingJudgeTests
{
    private static JournalEvent.RunStarted Run(TrafficSharing sharing, params string[] gates) => Some.Run(gates) with
    {
        Targets = new Dictionary<string, string> { ["candidate"] = Some.Candidate, ["baseline"] = Some.Baseline },
        Phases = [new PhaseWindow(Phase.Baseline, 0, Some.S(60))],
        Sharing = sharing,
    };

    private static JournalEvent.Observation Request(int number, double at, bool candidate, double seconds, bool completed = true, string prompt = "p", string answer = "same") =>
        Some.Request(number, at, completed ? Outcome.Completed : Outcome.Failed, seconds) with
        {
            Phase = Phase.Baseline, Target = candidate ? Some.Candidate : Some.Baseline, Block = 1, PromptId = prompt,
            Cohort = Some.Cohort(grader: GraderKind.Exact), OutputSha256 = Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes(answer)),
        };

    private static double Noise(SplitMix64 random, double size) => Math.Exp(size * Normal.InvCDF(0, 1, Math.Clamp(random.NextDouble(), 1e-9, 1 - 1e-9)));

    /// <summary>Requests over a minute, of which the candidate gets a share.</summary>
    private static Summary Split(string gate, int requests, double share, double factor, double right = 1, ulong seed = 1, double baselineRight = 1)
    {
        var (random, events) = (new SplitMix64(seed), new List<JournalEvent>());
        for (var number = 0; number < requests; number++)
        {
            var candidate = random.NextDouble() < share;
            events.Add(Request(number, number * 60.0 / requests, candidate, 0.1 * Noise(random, 0.2) * (candidate ? factor : 1)));
            events.Add(Some.Score(number, random.NextDouble() < (candidate ? right : baselineRight) ? 1 : 0));
        }

        return Judge.Decide(Some.Fold(Run(new TrafficSharing(SharingKind.Split, share, 10), gate), events), new RunFacts());
    }

    private static Finding Gate(Summary summary) => summary.Findings.Single(finding => finding.Kind == FindingKinds.Gate);

    [Theory]
    [InlineData("p95 ttft <= 25% vs baseline", 1.0, 1.0, FindingVerdict.Pass)]
    [InlineData("p95 ttft <= 25% vs baseline", 1.8, 1.0, FindingVerdict.Fail)]
    [InlineData("p95 ttft <= 25% vs baseline", 1.2, 1.0, FindingVerdict.Inconclusive)]
    [InlineData("mean ttft <= 25% vs baseline", 1.0, 1.0, FindingVerdict.Pass)]
    [InlineData("mean ttft <= 25% vs baseline", 1.8, 1.0, FindingVerdict.Fail)]
    [InlineData("accuracy >= -0.1 vs baseline", 1.0, 1.0, FindingVerdict.Pass)]
    [InlineData("accuracy >= -0.1 vs baseline", 1.0, 0.6, FindingVerdict.Fail)]
    public void Decide_Split_ComparesUnequalSamples(string gate, double factor, double right, FindingVerdict verdict)
    {
        var summary = Split(gate, 6_000, 0.05, factor, right);
        var finding = Gate(summary);

        Assert.Equal(verdict, finding.Verdict);
        Assert.InRange(finding.Samples, 230, 370);
        Assert.Contains("of the baseline; ", finding.Advice, StringComparison.Ordinal);
        Assert.Equal(verdict == FindingVerdict.Inconclusive, finding.Advice.Contains(" times as long, or a larger share for it.", StringComparison.Ordinal));
        Assert.InRange(finding.Chance!.Value, 0, verdict == FindingVerdict.Fail ? 0.05 : 1);
        Assert.Equal("split", summary.Comparison!.Design);
        Assert.Equal(6_000, summary.Comparison.CandidateRequests + summary.Comparison.BaselineRequests);
    }

    [Theory]
    [InlineData("p95 ttft <= 25% vs baseline", 59)]
    [InlineData("p99 ttft <= 25% vs baseline", 299)]
    [InlineData("accuracy >= -0.03 vs baseline", 20)]
    public void Decide_SplitWithASmallArm_IsInconclusiveAndSaysWhatItTakes(string gate, int floor)
    {
        var finding = Gate(Split(gate, 200, 0.05, 5));

        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples), (finding.Verdict, finding.ReasonCode));
        Assert.Contains($"a comparison takes at least {floor} of each. Run ", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_SplitWithoutTrafficForTheCandidate_IsNoPass() =>
        Assert.Equal(ReasonCodes.TooFewSamples, Gate(Split("p50 ttft <= 25% vs baseline", 500, 0, 1)).ReasonCode);

    /// <summary>The same version twice with the limit where the truth is.</summary>
    [Theory]
    [InlineData("p95 ttft <= 0% vs baseline")]
    [InlineData("accuracy >= 0 vs baseline")]
    public void Decide_SplitOfEqualVersions_SeldomFails(string gate)
    {
        var fails = Enumerable.Range(1, 150).Count(seed => Gate(Split(gate, 1_500, 0.1, 1, right: 0.95, seed: (ulong)seed, baselineRight: 0.95)).Verdict == FindingVerdict.Fail);

        // 5 % of 150 are 7.5; three standard errors more are 15.5.
        Assert.InRange(fails, 0, 15);
    }

    /// <summary>Pairs of a request and its copy.</summary>
    private static Summary Mirror(string gate, int pairs, Func<int, bool> right, Func<int, bool>? completed = null, double factor = 1, bool shared = false)
    {
        var (random, events) = (new SplitMix64(4), new List<JournalEvent>());
        for (var pair = 0; pair < pairs; pair++)
        {
            var first = random.NextDouble() < 0.5 ? 0 : 1;
            for (var copy = 0; copy < 2; copy++)
            {
                var (number, candidate) = ((2 * pair) + copy, copy == first);
                var done = !candidate || completed is null || completed(pair);
                events.Add(Request(number, pair * 60.0 / pairs, candidate, 0.1 * Noise(random, 0.1) * (candidate ? factor : 1), done, $"p{pair % 40}", candidate && !right(pair) ? "other" : "same") with { Block = (pair * 60 / pairs) + 1 });
                events.Add(Some.Score(number, done && (!candidate || right(pair)) ? 1 : 0));
            }
        }

        return Judge.Decide(Some.Fold(Run(new TrafficSharing(SharingKind.Shadow), gate), events), new RunFacts { SharedMachine = shared });
    }

    [Theory]
    [InlineData("accuracy >= -0.1 vs baseline", 50, FindingVerdict.Pass)]
    [InlineData("accuracy >= -0.1 vs baseline", 4, FindingVerdict.Fail)]
    [InlineData("p50 ttft <= 25% vs baseline", 4, FindingVerdict.Pass)]
    [InlineData("mean ttft <= 25% vs baseline", 4, FindingVerdict.Pass)]
    public void Decide_Mirrored_ComparesRequestByRequest(string gate, int wrongOneIn, FindingVerdict verdict)
    {
        var summary = Mirror(gate, 600, pair => pair % wrongOneIn != 0);

        Assert.Equal(verdict, Gate(summary).Verdict);
        Assert.Equal(gate[0] == 'p', Gate(summary).Advice.Contains("pairs of blocks", StringComparison.Ordinal));
        Assert.Equal((600, 600 - (600 / wrongOneIn)), (summary.Comparison!.BothAnswered, summary.Comparison.SameAnswer));
    }

    [Fact]
    public void Decide_MirroredCopiesThatFail_AreNoUsersTrouble()
    {
        var summary = Mirror("accuracy >= -0.1 vs baseline", 400, _ => true, pair => pair % 2 == 0, shared: true);

        Assert.Equal((0, 200, 200), (summary.Comparison!.UsersFailed, summary.Comparison.CopiesFailed, summary.Comparison.BothAnswered));
        Assert.Equal(FindingVerdict.Fail, Gate(summary).Verdict);
        Assert.Contains(summary.Comparison.Notes, note => note.Contains("which no user saw (200 where the user's request did not fail, and 0 the other way round)", StringComparison.Ordinal));
        Assert.Contains(summary.Comparison.Notes, note => note.StartsWith("Both versions ran on this machine", StringComparison.Ordinal));
    }

    [Fact]
    public void Decide_MirroredAnswersAllAlike_TakeEnoughRequests()
    {
        Assert.Equal(FindingVerdict.Inconclusive, Gate(Mirror("accuracy >= -0.03 vs baseline", 80, _ => true)).Verdict);
        Assert.Equal(FindingVerdict.Pass, Gate(Mirror("accuracy >= -0.03 vs baseline", 120, _ => true)).Verdict);
    }
}
