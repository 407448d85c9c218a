using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Robustness;

/// <summary>Journals in which damage does a known harm to known prompts.</summary>
public sealed class RobustnessJudgeTests
{
    private const int Prompts = 60;
    private static readonly string[] Both = ["typos", "zero-width"];

    [Fact]
    public void Decide_LossToOneCorruption_FailsAndNamesIt()
    {
        // Half of the prompts are wrong with typos, none with zero-width characters.
        var finding = Judged(Gate(">=", -0.05, Contrast.Clean), Arm(Some.Candidate, (prompt, corruption) => corruption == "typos" && prompt % 2 == 0));

        Assert.Equal((FindingVerdict.Fail, "broken", "pp"), (finding.Verdict, finding.ReasonCode, finding.Unit));
        Assert.Equal(-50, finding.Observed!.Value, 6);
        Assert.Contains("(typos, 60 prompts, the worst of 2 corruptions)", finding.Advice, StringComparison.Ordinal);
        Assert.Equal([("typos", FindingVerdict.Fail), ("zero-width", FindingVerdict.Pass)], finding.Parts!.Select(part => (part.Name, part.Verdict)));
    }

    [Fact]
    public void Decide_NoLossAnywhere_PassesOnceThereAreEnoughPrompts()
    {
        Assert.Equal(FindingVerdict.Pass, Judged(Gate(">=", -0.05, Contrast.Clean), Arm(Some.Candidate, (_, _) => false)).Verdict);
        Assert.Equal(FindingVerdict.Inconclusive, Judged(Gate(">=", -0.05, Contrast.Clean), Arm(Some.Candidate, (_, _) => false, prompts: 20)).Verdict);
        var few = Judged(Gate(">=", -0.05, Contrast.Clean), Arm(Some.Candidate, (_, _) => false, prompts: 5));
        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples), (few.Verdict, few.ReasonCode));
    }

    [Fact]
    public void Decide_BaselineLosesAsMuch_DifferenceOfDifferencesPasses()
    {
        static bool Half(int prompt, string corruption) => corruption == "typos" && prompt % 2 == 0;

        var same = Judged(Gate(">=", -0.06, Contrast.Baseline), Arm(Some.Candidate, Half), Arm(Some.Baseline, Half));
        var worse = Judged(Gate(">=", -0.06, Contrast.Baseline), Arm(Some.Candidate, Half), Arm(Some.Baseline, (_, _) => false));

        Assert.Equal(FindingVerdict.Pass, same.Verdict);
        Assert.Equal(0, same.Observed!.Value, 9);
        Assert.Equal((FindingVerdict.Fail, -50), (worse.Verdict, Math.Round(worse.Observed!.Value)));
    }

    [Fact]
    public void Decide_OneCorruptionWithTooFewPrompts_IsNeverAPass()
    {
        var events = Arm(Some.Candidate, (_, _) => false).Where(entry => entry is not JournalEvent.Observation seen
            || seen.Cohort.Tags.GetValueOrDefault("mutator") != "typos" || seen.Arrival % 13 == 0).ToList();

        var finding = Judged(Gate(">=", -0.05, Contrast.Clean), events);

        Assert.Equal(FindingVerdict.Inconclusive, finding.Verdict);
        Assert.Contains("typos (", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_NoCorruptedInputAtAll_SaysSo()
    {
        var finding = Judged(Gate(">=", -0.05, Contrast.Clean), Arm(Some.Candidate, (_, _) => false).Where(entry => entry is not JournalEvent.Observation { Cohort.Tags.Count: > 1 }));

        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples), (finding.Verdict, finding.ReasonCode));
    }

    [Theory]
    [InlineData(2.0, FindingVerdict.Fail)]
    [InlineData(1.0, FindingVerdict.Pass)]
    public void Decide_LatencyUnderCorruption_JudgesTheRatioOfQuantiles(double slower, FindingVerdict verdict)
    {
        var objective = Gate("<=", 0.2, Contrast.Clean) with
        {
            Metric = MetricId.Ttft, Aggregation = new Aggregation(AggregationKind.Percentile, 50), LimitKind = LimitKind.RelativeToBaseline,
        };

        var finding = Judged(objective, Arm(Some.Candidate, (_, _) => false, ttft: (prompt, corruption) => (0.1 + (0.001 * (prompt % 7))) * (corruption == "typos" ? slower : 1)));

        Assert.Equal((verdict, "relative"), (finding.Verdict, finding.Unit));
        Assert.InRange(finding.Observed!.Value, slower - 1.05, slower - 0.95);
        Assert.Equal("cluster bootstrap", finding.Interval!.Method);
    }

    [Fact]
    public void Decide_SameJournal_SameBounds()
    {
        var objective = Gate("<=", 0.2, Contrast.Clean) with
        {
            Metric = MetricId.Ttft, Aggregation = new Aggregation(AggregationKind.Percentile, 90), LimitKind = LimitKind.RelativeToBaseline,
        };
        var events = Arm(Some.Candidate, (_, _) => false, ttft: (prompt, corruption) => 0.1 + (0.003 * (prompt % 11)) + (corruption.Length * 0.001)).ToList();

        Assert.Equal(Judged(objective, events).Interval, Judged(objective, events).Interval);
    }

    private static Objective Gate(string comparison, double limit, Contrast contrast) => new()
    {
        Text = "accuracy under corrupted input",
        Metric = MetricId.Accuracy,
        Aggregation = new Aggregation(AggregationKind.Value),
        Comparison = comparison == ">=" ? Comparison.GreaterOrEqual : Comparison.LessOrEqual,
        Limit = limit,
        LimitKind = LimitKind.DifferenceToBaseline,
        UnderCorruption = contrast,
    };

    private static Finding Judged(Objective gate, params IEnumerable<JournalEvent>[] arms)
    {
        var run = Some.Run() with
        {
            Gates = [gate], Targets = new Dictionary<string, string> { ["candidate"] = Some.Candidate, ["baseline"] = Some.Baseline },
        };
        return Judge.Decide(Some.Fold(run, [.. arms]), new RunFacts()).Findings.Single(finding => finding.Kind == FindingKinds.Gate);
    }

    /// <summary>Each prompt once clean and once under each corruption, graded.</summary>
    private static IEnumerable<JournalEvent> Arm(
        string target, Func<int, string, bool> wrong, int prompts = Prompts, Func<int, string, double>? ttft = null)
    {
        var arrival = target == Some.Candidate ? 0 : 100_000;
        for (var prompt = 0; prompt < prompts; prompt++)
        {
            foreach (var corruption in (string[])["", .. Both])
            {
                (string, string)[] tags = corruption.Length == 0 ? [("template", $"t{prompt % 9}")]
                    : [("template", $"t{prompt % 9}"), ("mutator", corruption), ("from", "tickets")];
                yield return Some.Request(arrival, prompt * 0.9, ttft: ttft?.Invoke(prompt, corruption) ?? 0.1) with
                {
                    Target = target,
                    PromptId = corruption.Length == 0 ? $"p{prompt}" : $"p{prompt}~{corruption}",
                    Cohort = Some.Cohort(grader: GraderKind.Exact, prompts: corruption.Length == 0 ? "tickets" : "mischief", tags: tags),
                };
                yield return Some.Score(arrival++, wrong(prompt, corruption) ? 0 : 1);
            }
        }
    }
}
