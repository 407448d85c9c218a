using System.Text.Json;
using ChaosBench.Reports.Histograms;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Quantiles;

namespace ChaosBench.Tests.Reports.Statistics.Vectors;

internal static class QuantileVectors
{
    public static IReadOnlyDictionary<string, Func<JsonElement, object>> Topics { get; } = new Dictionary<string, Func<JsonElement, object>>
    {
        ["quantile estimators"] = Estimators,
        ["quantile CI by binomial order statistics"] = OrderStatisticInterval,
        ["minimum n for a one-sided nonparametric bound"] = inputs => new
        {
            n_upper_bound_exists = inputs.GetProperty("pairs").EnumerateArray().Select(Inputs.Numbers)
                .Select(pair => OrderStatistics.MinimumSamples(pair[0], pair[1])),
        },
        ["DKW band"] = inputs => new
        {
            epsilon = inputs.Counts("n").Select(n => DkwBand.HalfWidth(n, inputs.Number("alpha"))),
        },
        ["HdrHistogram expected-interval correction"] = inputs => new
        {
            recorded = ExpectedInterval.Values(inputs.Whole("value_ms"), inputs.Whole("expected_interval_ms")),
        },
    };

    private static object Estimators(JsonElement inputs)
    {
        var values = inputs.Numbers("x");
        double[] Each(Func<double, double> of) => Array.ConvertAll(inputs.Numbers("p"), p => of(p));
        var linear = Each(p => QuantileEstimators.Of(values, p).Value);
        Assert.Equal(linear, Each(p => new Distribution(values).Quantile(p)!.Value));
        return new
        {
            type1_inverted_cdf = Each(p => QuantileEstimators.Of(values, p, QuantileType.InvertedCdf).Value),
            type7_linear = linear,
            type8_median_unbiased = Each(p => QuantileEstimators.Of(values, p, QuantileType.MedianUnbiased).Value),
            harrell_davis = Each(p => QuantileEstimators.HarrellDavis(values, p).Value),
        };
    }

    private static object OrderStatisticInterval(JsonElement inputs)
    {
        var interval = OrderStatistics.Interval(inputs.Whole("n"), inputs.Number("p"), inputs.Number("confidence"));
        return new
        {
            lower_rank_1based = interval?.Lower,
            upper_rank_1based = interval?.Upper,
            exact_coverage = interval?.Coverage,
            verdict = interval is null ? "inconclusive" : "ok",
        };
    }
}
