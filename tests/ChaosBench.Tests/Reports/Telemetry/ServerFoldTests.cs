using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry.Scraping;

namespace ChaosBench.Tests.Reports.Telemetry;

public sealed class ServerFoldTests
{
    private static readonly ServerMetric Ttft = ServerMetric.Known.First(known => known.Role == ServerRole.FirstToken);
    private static readonly ServerMetric Tokens = ServerMetric.Known.First(known => known.Role == ServerRole.OutputTokens);

    [Fact]
    public void Rate_OfACounter_IsItsGrowthAndARestartIsNoFall()
    {
        var source = Source((0, 100, null), (2, 300, null), (3, 50, null), (4, 60, null));

        Assert.Equal([100, 50, 10], source.Rate(Tokens).Select(seen => seen.PerSecond));
    }

    [Fact]
    public void Histogram_BetweenLooks_IsWhatCameInTheMeantime()
    {
        var source = Source((0, 0, [10, 20, 30]), (1, 0, [10, 25, 40]), (2, 0, [1, 2, 3]));

        Assert.Equal([[0, 5, 10], [1, 2, 3]], source.Histogram(Ttft).Select(seen => seen.New.Counts.ToArray()));
        Assert.Equal([1, 7, 13], source.Whole(Ttft)!.Counts);
    }

    [Fact]
    public void Whole_OneLookAlone_IsNothing() => Assert.Null(Source((0, 0, [1, 2, 3])).Whole(Ttft));

    [Theory]
    [InlineData(0.25, 0.05)]
    [InlineData(0.5, 0.1)]
    [InlineData(0.75, 0.3)]
    [InlineData(1, 0.5)]
    public void Quantile_OfBuckets_IsPrometheusOwn(double share, double expected) =>
        Assert.Equal(expected, Buckets.Quantile(new ServerBuckets([0.1, 0.5], [50, 100, 100], null), share)!.Value, 9);

    [Fact]
    public void Quantile_InTheBucketWithoutEnd_IsNotKnown()
    {
        Assert.Null(Buckets.Quantile(new ServerBuckets([0.1], [1, 10], null), 0.5));
        Assert.Null(Buckets.Quantile(new ServerBuckets([0.1], [0, 0], null), 0.5));
        Assert.Null(Buckets.Since(new ServerBuckets([0.1], [0, 0], null), new ServerBuckets([0.2], [1, 1], null)));
    }

    [Fact]
    public void Add_MoreSamplesThanItKeeps_ThinsThemAndKeepsTheSum()
    {
        var fold = new ServerFold();
        for (var at = 0; at <= 100_000; at++)
        {
            fold.Add(Sample(at, at, null));
        }

        var source = Assert.Single(fold.Close());
        Assert.InRange(source.Samples.Count, 10_000, 20_001);
        Assert.All(source.Rate(Tokens), seen => Assert.Equal(1, seen.PerSecond, 9));
    }

    [Fact]
    public void Figures_OfASource_AreRowsForTables()
    {
        var figures = ServerFigure.All([Source((0, 0, [0, 0, 0]), (1, 10, [5, 10, 10]))]);

        Assert.Equal(["output tokens", "time to first token p50", "time to first token p90", "time to first token p99"], figures.Select(figure => figure.What));
        Assert.Equal(10, figures[0].Values[1]);
        Assert.Equal(0.1, figures[1].Values[1]);
    }

    private static ServerSource Source(params (double At, double Tokens, double[]? Counts)[] samples) =>
        ServerFold.Of(samples.Select(sample => Sample(sample.At, sample.Tokens, sample.Counts))).Single();

    private static JournalEvent.ServerSample Sample(double at, double tokens, double[]? counts) => new()
    {
        At = Some.S(at),
        Source = "server-1",
        Took = 1,
        Values = new Dictionary<string, double> { ["vllm:generation_tokens_total"] = tokens },
        Histograms = counts is null ? new Dictionary<string, ServerBuckets>()
            : new Dictionary<string, ServerBuckets> { ["vllm:time_to_first_token_seconds"] = new([0.1, 0.5], counts, null) },
    };
}
