using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Writers;

namespace ChaosBench.Tests.Reports.Writers.Postmortem;

public sealed class PostmortemDraftTests
{
    [Fact]
    public void Render_DetectionsThatRepeat_AreToldOnceWithTheirNumber()
    {
        var text = Render([.. Enumerable.Range(0, 40).SelectMany(at => new JournalEvent[]
        {
            Some.Noticed(23 + (at * 0.05), by: "dependency", what: "timeout", replica: null), Some.Noticed(23.02 + (at * 0.05), by: "dependency", what: "fallback", replica: null),
        })]);

        Assert.Contains("dependency noticed timeout. 40 times, the last at 24.950 s.", text, StringComparison.Ordinal);
        Assert.Contains("dependency noticed fallback. 40 times, the last at 24.970 s.", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split('\n').Count(line => line.Contains("dependency noticed", StringComparison.Ordinal)));
    }

    [Fact]
    public void Render_OnlyAPersonWroteANote_SaysThatNoSystemNoticed()
    {
        var text = Render([new JournalEvent.Note { At = Some.S(24), Text = "errors on the dashboard" }]);

        Assert.Contains("No system noticed it; a person wrote a note 3.98 s after the injection", text, StringComparison.Ordinal);
        Assert.Contains("| nobody; a note 3.98 s after |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Who was there?", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_QualityFellAndNothingAskedForIt_SaysSoWhereItMayHaveBeenLuck()
    {
        // Every request completes in time; a third of the answers is wrong while the fault is there.
        var graded = Some.Requests(1200, (arrival, at) => Some.Request(arrival, at) with { Cohort = Some.Cohort(grader: ChaosBench.Scenarios.Model.GraderKind.Exact) });
        var scores = Enumerable.Range(0, 1200).Select(arrival => Some.Score(arrival, arrival is >= 400 and < 600 && arrival % 3 == 0 ? 0 : 1));
        var run = Some.Run("error_rate <= 1%") with { Faults = [Some.Fault()], SteadyState = [Some.Gate("error_rate <= 5%")] };

        var text = Render(run, [graded, Some.Broken(), scores]);

        Assert.Contains("Graded answers that were right fell from 100 % in the baseline phase to 8", text, StringComparison.Ordinal);
        Assert.Contains("the steady state does not ask for it", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_AlwaysLeavesOwnersAndDatesToPeople()
    {
        var text = Render([]);

        Assert.Contains("| action | prevents, detects or softens | owner | by |\n|---|---|---|---|\n|  |  |  |  |\n", text, StringComparison.Ordinal);
        Assert.Contains("| Owner of the drill |  |", text, StringComparison.Ordinal);
        Assert.Matches(@"- \d+\.\d{3} s \(\d\d:\d\d:\d\d\.\d{3}, line \d+\): `kill-1` was put in place\.", text);
    }

    private static string Render(JournalEvent[] more) => Render(
        Some.Run("error_rate <= 1%") with { Faults = [Some.Fault()] },
        [Some.Requests(1200, (arrival, at) => Some.Request(arrival, at, at is >= 22 and < 26 ? Outcome.Failed : Outcome.Completed)), Some.Broken(), more]);

    private static string Render(JournalEvent.RunStarted run, IEnumerable<JournalEvent>[] parts)
    {
        var measurements = Some.Fold(run, parts);
        return new PostmortemReport().Render(
            new RunReport(Some.Manifest(run.Scenario), measurements, Judge.Decide(measurements, new RunFacts()), [run, .. parts.SelectMany(part => part)]))!;
    }
}
