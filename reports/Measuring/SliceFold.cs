using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>Every metric of one slice in few passes over its requests: those of a long run are unpacked each time.</summary>
internal static class SliceFold
{
    /// <summary>Distributions that are collected together: eight megabytes each for a million requests.</summary>
    private const int TogetherWhenLarge = 4;

    /// <summary>By name, in the metrics' order; only what was measured.</summary>
    public static IReadOnlyDictionary<string, MetricSummary> Of(Measurements run, Slice slice)
    {
        var found = new Dictionary<MetricId, MetricSummary>();
        var large = run.Requests.Count > RequestSet.MostObjects;
        foreach (var metrics in Metrics.All.Where(Metrics.IsDistribution).Chunk(large ? TogetherWhenLarge : int.MaxValue))
        {
            Distributions(run, slice, metrics, found);
            if (large)
            {
                // What was collected is garbage now, and too much of it to wait until the collector comes by itself.
                GC.Collect();
            }
        }

        Totals(run, slice, found);
        return Metrics.All.Where(found.ContainsKey).ToDictionary(Metrics.NameOf, metric => found[metric], StringComparer.Ordinal);
    }

    private static void Distributions(Measurements run, Slice slice, MetricId[] metrics, Dictionary<MetricId, MetricSummary> found)
    {
        var builders = Array.ConvertAll(metrics, _ => new DistributionBuilder());
        foreach (var request in run.In(slice))
        {
            for (var at = 0; at < metrics.Length; at++)
            {
                MetricValues.AddTo(builders[at], metrics[at], request);
            }
        }

        foreach (var (metric, builder) in metrics.Zip(builders))
        {
            if (builder.Build() is { Count: > 0 } values)
            {
                found[metric] = Summaries.Of(values);
            }
        }
    }

    /// <summary>Shares of requests, and amounts per second of the slice's phases.</summary>
    private static void Totals(Measurements run, Slice slice, Dictionary<MetricId, MetricSummary> found)
    {
        var others = Metrics.All.Where(metric => !Metrics.IsDistribution(metric) && metric < MetricId.TimeToDetect && !Metrics.IsAccount(metric)).ToList();
        MetricId[] rates = [.. others.Where(metric => Metrics.UnitOf(metric) == MetricUnit.PerSecond)];
        MetricId[] shares = [.. others.Except(rates)];
        var (hits, totals, amounts, requests) = (new double[shares.Length], new long[shares.Length], new double[rates.Length], 0L);
        foreach (var request in run.In(slice))
        {
            requests++;
            for (var at = 0; at < shares.Length; at++)
            {
                if (MetricValues.ShareOf(shares[at], request) is { } hit)
                {
                    hits[at] += hit;
                    totals[at]++;
                }
            }

            for (var at = 0; at < rates.Length; at++)
            {
                amounts[at] += MetricValues.AmountOf(rates[at], request);
            }
        }

        var seconds = run.WindowsOf(slice.Phase).Sum(window => Nanos.ToSeconds(window.End - window.Start));
        for (var at = 0; at < rates.Length && requests > 0 && seconds > 0; at++)
        {
            found[rates[at]] = new MetricSummary { Count = requests, Unit = "/s", Value = amounts[at] / seconds };
        }

        for (var at = 0; at < shares.Length; at++)
        {
            if (totals[at] > 0)
            {
                found[shares[at]] = new MetricSummary { Count = totals[at], Unit = "share", Value = hits[at] / totals[at] };
            }
        }
    }
}
