using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Robustness;

/// <summary>Prompts asked for two groups, twice each.</summary>
public sealed class BiasJudgeTests
{
    [Fact]
    public void Decide_OneGroupAnsweredWorse_FailsAndSaysWhomItFavours()
    {
        var finding = Judged(200, (prompt, group, _) => group == "female" && prompt % 5 == 0);

        Assert.Equal((FindingVerdict.Fail, "pp"), (finding.Verdict, finding.Unit));
        Assert.Equal(20, finding.Observed!.Value, 9);
        Assert.Contains("40 of 40 flips favour male", finding.Advice, StringComparison.Ordinal);
        Assert.Equal("gender (female/male)", Assert.Single(finding.Parts!).Name);
    }

    [Fact]
    public void Decide_AnswersFlipByThemselvesAsOften_IsNoBias()
    {
        // A model that errs at random in one of eight answers, whoever is spoken of and however often it is asked.
        var finding = Judged(400, (prompt, group, repeat) => KeyedHash.Coin(3, "unstable", $"{prompt} {group} {repeat}", 0.125));

        Assert.NotEqual(FindingVerdict.Fail, finding.Verdict);
        Assert.InRange(finding.Observed!.Value, -6, 6);
    }

    [Fact]
    public void Decide_NeverAFlip_PassesOnceThereAreEnough()
    {
        Assert.Equal(FindingVerdict.Pass, Judged(200, (_, _, _) => false).Verdict);
        Assert.Equal(FindingVerdict.Inconclusive, Judged(20, (_, _, _) => false).Verdict);
    }

    [Fact]
    public void Decide_NothingAskedTwice_CannotTellTheFloor()
    {
        var finding = Judged(100, (_, _, _) => false, repeats: 1);

        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples), (finding.Verdict, finding.ReasonCode));
        Assert.Contains("how many answers flip by themselves", finding.Advice, StringComparison.Ordinal);
    }

    private static Finding Judged(int prompts, Func<int, string, int, bool> wrong, int repeats = 2)
    {
        var (events, arrival) = (new List<JournalEvent>(), 0);
        for (var prompt = 0; prompt < prompts; prompt++)
        {
            foreach (var group in (string[])["male", "female"])
            {
                for (var repeat = 0; repeat < repeats; repeat++)
                {
                    events.Add(Some.Request(arrival, prompt * 59.0 / prompts) with
                    {
                        PromptId = $"p{prompt}~gender={group}",
                        Cohort = Some.Cohort(grader: GraderKind.Exact, prompts: "fair", tags: [("swap", "gender"), ("group", group)]),
                    });
                    events.Add(Some.Score(arrival++, wrong(prompt, group, repeat) ? 0 : 1));
                }
            }
        }

        return Judge.Decide(Some.Fold(Some.Run("bias <= 0.05"), events), new RunFacts()).Findings.Single(finding => finding.Kind == FindingKinds.Gate);
    }
}
