using System.Text.Json;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Reports.Writers;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Comparing;

public sealed class ComparerTests
{
    [Fact]
    public void Compare_SlowerByAThird_IsWorseAndSaysByHowMuch()
    {
        var comparison = Comparer.Compare(("a", Run(1)), ("b", Run(2, slower: 1.33)));

        var p50 = Metric(comparison, "p50 ttft");
        Assert.Equal((FindingVerdict.Fail, ReasonCodes.Broken), (p50.Verdict, p50.ReasonCode));
        Assert.InRange(0.33, p50.Low!.Value, p50.High!.Value);
        Assert.Equal(FindingVerdict.Fail, comparison.Verdict);
        Assert.Contains("the second run is worse: p50 ttft +", comparison.Headline, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_SameVersionAgain_IsNotWorse()
    {
        var comparison = Comparer.Compare(("a", Run(1)), ("b", Run(2)), margin: 0.25, points: 0.05);

        Assert.All(comparison.Metrics, metric => Assert.NotEqual(FindingVerdict.Fail, metric.Verdict));
        Assert.Equal(FindingVerdict.Pass, Metric(comparison, "p50 ttft").Verdict);
        Assert.Empty(comparison.Doubts);
    }

    [Fact]
    public void Compare_FastBecauseWrong_IsWorseInAccuracy()
    {
        var comparison = Comparer.Compare(("a", Run(1)), ("b", Run(1, slower: 0.5, wrong: 0.2)));

        Assert.True(comparison.SamePlan);
        Assert.True(Metric(comparison, "p50 ttft").Better);
        var accuracy = Metric(comparison, "accuracy");
        Assert.Equal((FindingVerdict.Fail, "Newcombe, answer by answer"), (accuracy.Verdict, accuracy.Method));
        Assert.InRange(accuracy.Change!.Value, -0.25, -0.15);
        Assert.Equal(FindingVerdict.Fail, comparison.Verdict);
    }

    [Fact]
    public void Compare_FailuresReachThePercentile_IsWorseWithoutANumber()
    {
        var p99 = Metric(Comparer.Compare(("a", Run(1)), ("b", Run(2, failed: 0.1))), "p99 ttft");

        Assert.Equal((FindingVerdict.Fail, double.PositiveInfinity, (double?)null), (p99.Verdict, p99.After!.Value, p99.Change));
    }

    [Fact]
    public void Compare_FewRequests_CannotTellTheTail()
    {
        var comparison = Comparer.Compare(("a", Run(1, count: 40)), ("b", Run(2, count: 40)));

        var p99 = Metric(comparison, "p99 ttft");
        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples, (double?)null), (p99.Verdict, p99.ReasonCode, p99.Before));
        Assert.Equal(FindingVerdict.Inconclusive, comparison.Verdict);
    }

    [Fact]
    public void Compare_AnotherKindOfFailure_IsShownAndDoesNotCount()
    {
        var comparison = Comparer.Compare(("a", Run(1, failed: 0.2)), ("b", Run(1, failed: 0.2, failure: Outcome.TimedOut)), margin: 0.25, points: 0.05);

        var timedOut = Metric(comparison, "error_rate: timed-out");
        Assert.Equal((FindingVerdict.Fail, false), (timedOut.Verdict, timedOut.Counts));
        Assert.InRange(0.2, timedOut.Low!.Value, timedOut.High!.Value);
        Assert.Equal((FindingVerdict.Pass, true), (Metric(comparison, "error_rate").Verdict, Metric(comparison, "error_rate").Counts));
        Assert.NotEqual(FindingVerdict.Fail, comparison.Verdict);
        Assert.Contains("no part of the verdict", ComparisonWords.Render(comparison), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_SomeWorseSomeBetter_TellsTheWorstFirstEverywhere()
    {
        var comparison = Comparer.Compare(("a", Run(1)), ("b", Run(1, slower: 0.5, wrong: 0.2)));

        Assert.Equal(["accuracy", "attainment"], comparison.Metrics.Take(2).Select(metric => metric.Metric).Order(StringComparer.Ordinal));
        Assert.True(comparison.Metrics[^1].Better);
        var firsts = new[] { ComparisonWords.Render(comparison), ComparisonMarkdown.Render(comparison), ComparisonHtml.Render(comparison) }
            .Select(text => text[text.IndexOf("worth", StringComparison.OrdinalIgnoreCase)..]);
        Assert.All(firsts, text => Assert.True(
            text.IndexOf("accuracy", StringComparison.Ordinal) < text.IndexOf("p50 ttft", StringComparison.Ordinal)));
    }

    [Fact]
    public void Markdown_HostileNames_AreText()
    {
        var comparison = Comparer.Compare(("a`|<img src=x>", Run(1)), ("b", Run(2)));

        var text = ComparisonMarkdown.Render(comparison with { Doubts = ["<script>alert(1)</script> @everyone"] });

        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@everyone", text, StringComparison.Ordinal);
        Assert.DoesNotContain("a`", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_OtherLoadOrBrokenRun_DecidesNothing()
    {
        RunReport At(RunReport run, int rate) =>
            run with { Manifest = run.Manifest with { ResolvedScenario = JsonSerializer.SerializeToElement(new { workload = new { open = new { rate } } }) } };
        var other = At(Run(2), 40);
        var asked = At(other, 80);
        var broken = other with { Summary = other.Summary with { Verdict = RunVerdict.Aborted, Headline = "it was aborted." } };

        foreach (var (run, doubt) in new[] { (asked, "not asked the same: workload.open.rate changed"), (broken, "b did not go to its end: it was aborted.") })
        {
            var comparison = Comparer.Compare(("a", At(Run(1, slower: 0.5), 40)), ("b", run));

            Assert.Equal(FindingVerdict.Inconclusive, comparison.Verdict);
            Assert.Contains(comparison.Doubts, one => one.Contains(doubt, StringComparison.Ordinal));
            Assert.Contains("Why this decides nothing", ComparisonWords.Render(comparison), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Compare_DependentRequests_CountAsFewer()
    {
        // Every stall takes a whole stretch of requests with it.
        RunReport Stalls(ulong seed) => Run(seed, ttft: (number, _) => number / 50 % 4 == 0 ? 0.3 : 0.1);

        var error = Metric(Comparer.Compare(("a", Stalls(1)), ("b", Stalls(2))), "p95 ttft");

        Assert.True(error.WorthBefore < 200, $"{error.WorthBefore}");
    }

    [Fact]
    public void Render_Comparison_HasEveryNumberAndReadsBack()
    {
        var comparison = Comparer.Compare(("a", Run(1)), ("b", Run(2, slower: 1.33)));

        var text = ComparisonWords.Render(comparison);
        var read = JsonSerializer.Deserialize<JsonElement>(RunFiles.ToJson(comparison));

        Assert.All(comparison.Metrics, metric => Assert.Contains(metric.Metric, text, StringComparison.Ordinal));
        Assert.Equal(comparison.Metrics.Count, read.GetProperty("metrics").GetArrayLength());
        Assert.Equal("fail", read.GetProperty("verdict").GetString());
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_HostileNames_AreText()
    {
        var comparison = Comparer.Compare(("<script>alert(1)</script>", Run(1)), ("b", Run(2)));

        var page = ComparisonHtml.Render(comparison with { Doubts = ["<img src=x onerror=alert(1)>"] });

        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
    }

    private static MetricComparison Metric(RunComparison comparison, string name) =>
        comparison.Metrics.Single(metric => metric.Metric == name && metric.Phase == "all");

    /// <summary>Requests with exponential times to the first token; the plan is that of the seed.</summary>
    private static RunReport Run(
        ulong seed, double slower = 1, double wrong = 0, double failed = 0, int count = 1_200, Func<int, double, double>? ttft = null,
        Outcome failure = Outcome.Failed)
    {
        var random = new SplitMix64(seed);
        var events = Some.Requests(count, (number, at) =>
        {
            var drawn = 0.05 + (0.05 * random.NextExponential());
            return Some.Request(number, at, random.NextDouble() < failed ? failure : Outcome.Completed, ttft?.Invoke(number, at) ?? (slower * drawn))
                with { Cohort = Some.Cohort(grader: GraderKind.Exact), Phase = Phase.Baseline };
        }).ToList();
        var scores = Enumerable.Range(0, count).Select(number => Some.Score(number, random.NextDouble() < wrong ? 0 : 1)).ToList<JournalEvent>();
        var run = Some.Fold(Some.Run(), [.. events, .. scores]);
        var summary = Judge.Decide(run, new RunFacts());
        return new RunReport(Some.Manifest("steady") with { PlanSha256 = $"{seed}", Seed = seed }, run, summary with { Generator = summary.Generator with { Limited = [] } }, []);
    }
}
