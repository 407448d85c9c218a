using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry;

namespace ChaosBench.Tests.Reports.Telemetry;

public sealed class MetricFoldTests
{
    private static readonly JournalEvent.RunStarted Start = Some.Run() with { Faults = [Some.Fault()], PlannedPerSecond = [.. Enumerable.Repeat(2, 60)] };
    private static readonly TelemetryRun Run = new(Some.Manifest("steady"), Start);

    [Fact]
    public void Histograms_Buckets_AreTheConventions()
    {
        var metrics = Fold(Some.Requests(120));

        Assert.Equal([0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92], Last(metrics, "gen_ai.client.operation.duration")[0].Bounds);
        Assert.Equal(67108864, Last(metrics, "gen_ai.client.token.usage")[0].Bounds[^1]);
        Assert.Equal("{token}", metrics.Single(metric => metric.Name == "gen_ai.client.token.usage").Unit);
    }

    [Fact]
    public void Duration_LastPoints_CountEveryRequestThatWasSent()
    {
        var last = Last(Fold(Some.Requests(120, (number, at) => Some.Request(number, at, number % 10 == 0 ? Outcome.Reset : Outcome.Completed))), "gen_ai.client.operation.duration");

        Assert.Equal(120, last.Sum(point => point.Count));
        Assert.Equal(12, last.Where(point => Has(point.Attributes, "error.type", "reset")).Sum(point => point.Count));
        Assert.Equal(3, last.Where(point => Has(point.Attributes, "error.type", "reset")).Count());
        Assert.All(last, point => Assert.Equal(point.Counts.Count, point.Bounds.Count + 1));
        Assert.Equal(0.399, last.Max(point => point.Max!.Value), 9);
    }

    [Fact]
    public void Points_OverTime_NeverFall()
    {
        var points = Histogram(Fold(Some.Requests(120)), "gen_ai.client.operation.duration").Points;

        Assert.All(points.GroupBy(point => string.Join(',', point.Attributes)), series =>
            Assert.All(series.Zip(series.Skip(1)), pair => Assert.True(pair.First.At < pair.Second.At && pair.First.Count <= pair.Second.Count)));
        Assert.True(points.Select(point => point.At).Distinct().Count() >= 6);
    }

    [Fact]
    public void Faults_InPlace_AreOneAndThenZero()
    {
        var gauge = (MetricData.Gauge)Fold(Some.Broken()).Single(metric => metric.Name == "chaosbench.faults.active").Data;

        Assert.Equal([1.0, 0.0], gauge.Points.Select(point => point.Value));
        Assert.All(gauge.Points, point => Assert.True(Has(point.Attributes, "chaosbench.fault.kind", "node.kill")));
    }

    [Fact]
    public void Rates_OfARun_AddUpToItsRequests()
    {
        var metrics = Fold(Some.Requests(120));

        double Sum(string name) => ((MetricData.Gauge)metrics.Single(metric => metric.Name == name).Data).Points.Sum(point => point.Value);
        Assert.Equal(120, Sum("chaosbench.rate.planned"));
        Assert.Equal(120, Sum("chaosbench.rate.sent"));
        Assert.Equal(120, Sum("chaosbench.rate.completed"));
        Assert.Equal(120, Last(metrics, "chaosbench.dispatch.lag").Sum(point => point.Count));
    }

    [Fact]
    public void ServersOwnHistogram_ReadAlong_IsTheServersMetricFromTheFirstLookOn()
    {
        JournalEvent.ServerSample Sample(double at, double first, double all) => new()
        {
            At = Some.S(at), Source = "server-1", Took = 1, Values = new Dictionary<string, double> { ["vllm:num_requests_running"] = 4 },
            Histograms = new Dictionary<string, ServerBuckets> { ["vllm:time_to_first_token_seconds"] = new([0.1], [first, all], all) },
        };
        var metrics = Fold([Sample(1, 100, 100), Sample(2, 103, 105)]);

        var point = Assert.Single(Histogram(metrics, "gen_ai.server.time_to_first_token").Points);
        Assert.Equal([3, 2], point.Counts);
        Assert.DoesNotContain(Fold(Some.Requests(5)), metric => metric.Name.StartsWith("gen_ai.server", StringComparison.Ordinal));
        Assert.Equal(2, ((MetricData.Gauge)metrics.Single(metric => metric.Name == "chaosbench.server.requests.running").Data).Points.Count);
    }

    private static IReadOnlyList<Metric> Fold(params IEnumerable<JournalEvent>[] parts) => MetricFold.Of(Run, [Start, .. parts.SelectMany(part => part).OrderBy(entry => entry.At), Some.End()]);

    private static MetricData.Histogram Histogram(IReadOnlyList<Metric> metrics, string name) => (MetricData.Histogram)metrics.Single(metric => metric.Name == name).Data;

    private static List<HistogramPoint> Last(IReadOnlyList<Metric> metrics, string name)
    {
        var points = Histogram(metrics, name).Points;
        return [.. points.Where(point => point.At == points.Max(other => other.At))];
    }

    private static bool Has(IReadOnlyList<KeyValue> attributes, string key, string value) => attributes.Contains(KeyValue.Of(key, value));
}
