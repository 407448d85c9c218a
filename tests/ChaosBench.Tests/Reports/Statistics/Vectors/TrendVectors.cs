using System.Text.Json;
using ChaosBench.Reports.Statistics.Trends;

namespace ChaosBench.Tests.Reports.Statistics.Vectors;

internal static class TrendVectors
{
    public static IReadOnlyDictionary<string, Func<JsonElement, object>> Topics { get; } = new Dictionary<string, Func<JsonElement, object>>
    {
        ["memory growth slope"] = Growth,
        ["GC sawtooth must not be called a leak"] = SawTooth,
        ["E-divisive change point (Apache Otava docs sample, metric2)"] = Change,
    };

    private static object Growth(JsonElement inputs)
    {
        var (times, memory, confidence) = (inputs.Numbers("t_minutes"), inputs.Numbers("rss_mib"), inputs.Number("confidence"));
        var (robust, squares, trend) = (
            TheilSen.Fit(times, memory, confidence).Value, LeastSquares.Fit(times, memory, confidence).Value, MannKendall.Of(memory).Value);
        return new
        {
            theil_sen = robust.Slope,
            theil_sen_ci = new[] { robust.Low, robust.High },
            ols_slope = squares.Slope,
            ols_ci = new[] { squares.Low, squares.High },
            mann_kendall_S = trend.S,
            mann_kendall_var = trend.Variance,
            mann_kendall_Z = trend.Z,
            mann_kendall_p_two_sided = trend.TwoSided,
        };
    }

    private static object SawTooth(JsonElement inputs)
    {
        var growth = MemoryGrowth.Of(inputs.Numbers("t"), inputs.Numbers("rss_mib"), window: 4).Value;
        Assert.Equal(inputs.Numbers("window_min"), MemoryGrowth.Floor(inputs.Numbers("t"), inputs.Numbers("rss_mib"), 4).Values);
        Assert.Equal(0, growth.Against(1));
        return new
        {
            theil_sen = growth.Slope.Slope,
            theil_sen_ci = new[] { growth.Slope.Low, growth.Slope.High },
            mann_kendall_S = growth.Trend!.S,
            floor_slope_of_window_minima = growth.FloorSlope,
        };
    }

    private static object Change(JsonElement inputs)
    {
        var series = inputs.Numbers("series");
        var split = ChangePoints.Strongest(series).Value;
        var (before, after) = (series[..split.Tau], series[split.Tau..]);
        return new
        {
            q_max = split.Q,
            tau_index0_first_of_new_regime = split.Tau,
            kappa = split.Kappa,
            energy = split.Energy,
            relative_change = (after.Average() / before.Average()) - 1,
            student_t_p_ddof1 = PooledT.Of(before, after).Value.TwoSided,
        };
    }
}
