using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>Every metric of one slice in few passes over its requests: those of a long run are unpacked each time.</summary>
internal static class SliceFold
{
    /// <summary>Distributions that are collected together: eight megabytes each for a million requests.</summary>
    private const int TogetherWhenLarge = 6;

    /// <summary>By name, in the metrics' order; only what was measured.</summary>
    public static IReadOnlyDictionary<string, MetricSummary> Of(Measurements run, Slice slice)
    {
        var found = new Dictionary<MetricId, MetricSummary>();
        var large = run.Requests.Count > RequestSet.MostObjects;
        var totals = new Totals();
        var pass = 0;
        foreach (var metrics in Metrics.All.Where(Metrics.IsDistribution).Chunk(large ? TogetherWhenLarge : int.MaxValue))
        {
            Distributions(run, slice, metrics, found, pass++ == 0 ? totals : null);
            if (large)
            {
                // What was collected is garbage now, and too much of it to wait until the collector comes by itself.
                GC.Collect();
            }
        }

        totals.Close(run, slice, found);
        return Metrics.All.Where(found.ContainsKey).ToDictionary(Metrics.NameOf, metric => found[metric], StringComparer.Ordinal);
    }

    /// <param name="totals">Counted in the same pass. Null: they have been.</param>
    private static void Distributions(
        Measurements run, Slice slice, MetricId[] metrics, Dictionary<MetricId, MetricSummary> found, Totals? totals)
    {
        var builders = Array.ConvertAll(metrics, _ => new DistributionBuilder());
        foreach (var request in run.In(slice))
        {
            totals?.Add(request);
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
    private sealed class Totals
    {
        private static readonly MetricId[] Others =
            [.. Metrics.All.Where(metric => !Metrics.IsDistribution(metric) && metric < MetricId.TimeToDetect && !Metrics.IsAccount(metric))];

        private static readonly MetricId[] Rates = [.. Others.Where(metric => Metrics.UnitOf(metric) == MetricUnit.PerSecond)];
        private static readonly MetricId[] Shares = [.. Others.Except(Rates)];
        private readonly double[] _hits = new double[Shares.Length];
        private readonly long[] _totals = new long[Shares.Length];
        private readonly double[] _amounts = new double[Rates.Length];
        private long _requests;

        public void Add(Request request)
        {
            _requests++;
            for (var at = 0; at < Shares.Length; at++)
            {
                if (MetricValues.ShareOf(Shares[at], request) is { } hit)
                {
                    _hits[at] += hit;
                    _totals[at]++;
                }
            }

            for (var at = 0; at < Rates.Length; at++)
            {
                _amounts[at] += MetricValues.AmountOf(Rates[at], request);
            }
        }

        public void Close(Measurements run, Slice slice, Dictionary<MetricId, MetricSummary> found)
        {
            var seconds = run.WindowsOf(slice.Phase).Sum(window => Nanos.ToSeconds(window.End - window.Start));
            for (var at = 0; at < Rates.Length && _requests > 0 && seconds > 0; at++)
            {
                found[Rates[at]] = new MetricSummary { Count = _requests, Unit = "/s", Value = _amounts[at] / seconds };
            }

            for (var at = 0; at < Shares.Length; at++)
            {
                if (_totals[at] > 0)
                {
                    found[Shares[at]] = new MetricSummary { Count = _totals[at], Unit = "share", Value = _hits[at] / _totals[at] };
                }
            }
        }
    }
}
