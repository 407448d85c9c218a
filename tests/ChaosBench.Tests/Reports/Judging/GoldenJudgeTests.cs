using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class GoldenJudgeTests
{
    [Fact]
    public void Decide_SomeAnswersHaveNoGolden_NamesThem()
    {
        var compared = new JournalEvent.GoldenCompared
        {
            At = Some.S(60), Folder = "golden", SnapshotSha256 = "", Embedder = "hashed", Scored = 90, Uncovered = 10, UncoveredCases = ["tickets/t1", "tickets/t7"],
        };
        var scores = Enumerable.Range(0, 90).Select(arrival => (JournalEvent)Some.Score(arrival, 1, "within_golden"));

        var finding = Judge.Decide(Some.Fold(Some.Run("within_golden >= 0.9"), Some.Requests(100), scores, [compared]), new RunFacts())
            .Findings.Single(one => one.Kind == FindingKinds.Gate);

        Assert.EndsWith(" 10 answers have no golden and are not in it: tickets/t1, tickets/t7.", finding.Advice, StringComparison.Ordinal);
    }
}
