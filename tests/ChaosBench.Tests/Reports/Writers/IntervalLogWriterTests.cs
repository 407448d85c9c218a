using ChaosBench.Reports.Histograms;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Writers;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Writers;

public sealed class IntervalLogWriterTests
{
    [Fact]
    public void Render_ARun_HoldsEveryCompletedRequestOnceInItsSecond()
    {
        var run = Some.Fold(Some.Run(), Some.Requests(600, (arrival, at) =>
            Some.Request(arrival, at, arrival % 10 == 0 ? Outcome.Failed : Outcome.Completed, ttft: 0.05 + (arrival / 1000.0))));

        var text = new IntervalLogWriter().Render(new RunReport(Some.Manifest("a]b"), run, Judge.Decide(run, new RunFacts()), []));
        var intervals = IntervalLog.Read(new StringReader(text), "latency.hlog").ToList();

        Assert.Contains("scenario a_b", text, StringComparison.Ordinal);
        Assert.Contains("60 of 600 requests did not complete", text, StringComparison.Ordinal);
        var ttft = intervals.Where(one => one.Tag == $"{Some.Candidate}.ttft").ToList();
        Assert.Equal(540, ttft.Sum(one => one.Histogram.Count));
        Assert.All(ttft, one => Assert.Equal(9, one.Histogram.Count)); // ten a second, one of them failed
        Assert.Equal(Enumerable.Range(0, 60).Select(second => (double)second), ttft.Select(one => one.Start));
        var all = new HdrHistogram(1000, 864_000_000_000_000, 3);
        ttft.ForEach(one => all.Add(one.Histogram));
        var exact = run.DistributionOf(MetricId.TtftOk, new Slice(Some.Candidate)).AtRank(270);
        Assert.InRange(all.ValueAtShare(0.5) / 1e9, exact * 0.999, exact * 1.001);
    }
}
