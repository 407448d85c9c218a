using ChaosBench.Reports.Goldens;
using ChaosBench.Reports.Verdicts;
using Snapshot = ChaosBench.Reports.Goldens.Golden;

namespace ChaosBench.Tests.Reports.Goldens;

public sealed class GoldenCheckTests
{
    [Fact]
    public void Compare_SameLaw_Passes()
    {
        var report = Compare(Snapshots.Golden(), Snapshots.Answers(0.1, 5, seed: 2));

        Assert.Equal(FindingVerdict.Pass, report.Verdict);
        Assert.Equal(0, report.ExitCode);
        Assert.Equal(["within", "paired", "distribution"], report.Findings.Select(finding => finding.Check));
    }

    [Fact]
    public void Compare_HalfOfTheCasesElsewhere_FailsOnEveryDecidingCheck()
    {
        var report = Compare(Snapshots.Golden(), Snapshots.Answers(0.1, 3, seed: 2, turned: 0.5));

        Assert.Equal(FindingVerdict.Fail, report.Verdict);
        Assert.Equal(1, report.ExitCode);
        Assert.All(report.Findings.Where(finding => finding.Check != "distribution"), finding => Assert.Equal(FindingVerdict.Fail, finding.Verdict));
    }

    /// <summary>False fails over A/A comparisons with nothing changed, and no pass of what lost a tenth of its cases.</summary>
    [Fact]
    public void Compare_ManyTimes_FailsRarelyWithoutAndPassesNeverWithARegression()
    {
        var seeds = Enumerable.Range(10, 40).Select(seed => (ulong)seed).ToList();

        var same = seeds.Count(seed => Compare(Snapshots.Golden(), Snapshots.Answers(0.1, 3, seed)).Verdict == FindingVerdict.Fail);
        var worse = seeds.Count(seed => Compare(Snapshots.Golden(), Snapshots.Answers(0.1, 3, seed, turned: 0.25)).Verdict == FindingVerdict.Pass);

        Assert.True(same <= 4, $"{same} of 40 false failures");
        Assert.Equal(0, worse);
    }

    [Fact]
    public void Compare_TooFewRepeatsForAThreshold_IsInconclusive()
    {
        var golden = Snapshots.Golden();
        var few = golden.Rows.Take(15).ToList();
        golden = golden with { Rows = few, Snapshot = golden.Snapshot with { Cohorts = [GoldenCalibration.Of(0, 1, few, golden.Vectors, 0.05)] } };

        Assert.Equal(GoldenReasons.NoThreshold, Undecided(Compare(golden, Snapshots.Answers(0.1, 3, seed: 2))));
    }

    [Fact]
    public void Compare_NoAnswerOfACohort_IsInconclusive() =>
        Assert.Equal(GoldenReasons.EmptyCohort, Undecided(GoldenCheck.Compare(Snapshots.Golden(), [], [])));

    [Fact]
    public void Compare_NoCohort_IsInconclusive()
    {
        var golden = Snapshots.Golden();
        golden = golden with { Snapshot = golden.Snapshot with { Cohorts = [] } };

        Assert.Equal(GoldenReasons.EmptyCohort, Undecided(Compare(golden, Snapshots.Answers(0.1, 3, seed: 2))));
    }

    [Fact]
    public void Compare_OtherPrompts_IsInconclusive()
    {
        var (rows, vectors) = Snapshots.Answers(0.1, 3, seed: 2);

        Assert.Equal(
            GoldenReasons.OtherPrompts,
            Undecided(GoldenCheck.Compare(Snapshots.Golden(), [.. rows.Select(row => row with { PromptSha256 = "other" })], vectors)));
    }

    /// <summary>Answers that did not come have no vector: they are like nothing.</summary>
    [Fact]
    public void Compare_NoAnswerHasAVector_Fails()
    {
        var (rows, _) = Snapshots.Answers(0.1, 3, seed: 2);

        Assert.Equal(FindingVerdict.Fail, GoldenCheck.Compare(Snapshots.Golden(), [.. rows.Select(row => row with { Row = null })], []).Verdict);
    }

    [Fact]
    public void Compare_AllAnswersAlike_DecidesByCountingCases()
    {
        var golden = Snapshots.Golden(noise: 0);

        var report = Compare(golden, Snapshots.Answers(0, 3, seed: 2));

        Assert.Equal(FindingVerdict.Pass, report.Verdict);
        Assert.Null(report.Findings.Single(finding => finding.Check == "paired").Interval);
    }

    private static GoldenReport Compare(Snapshot golden, (List<GoldenRow> Rows, List<float[]> Vectors) answers) =>
        GoldenCheck.Compare(golden, answers.Rows, answers.Vectors);

    private static string Undecided(GoldenReport report)
    {
        Assert.Equal(FindingVerdict.Inconclusive, report.Verdict);
        Assert.Equal(2, report.ExitCode);
        return report.Findings[0].ReasonCode;
    }
}
