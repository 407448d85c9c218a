using System.Text.Json;
using ChaosBench.Reports.Statistics.Resampling;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Statistics.Vectors;

internal static class ResamplingVectors
{
    public static IReadOnlyDictionary<string, Func<JsonElement, object>> Topics { get; } = new Dictionary<string, Func<JsonElement, object>>
    {
        ["paired bootstrap of a mean difference (all 4^4 resamples)"] = Exhaustive,
        ["BCa constants"] = inputs =>
        {
            var levels = Everything(inputs).Bca().Value;
            return new { z0_midp = levels.Bias, acceleration = levels.Acceleration, adjusted_levels_2_5_97_5 = new[] { levels.LowLevel, levels.HighLevel } };
        },
        ["deterministic RNG for resampling"] = Generator,
        ["autocorrelation and effective sample size"] = Dependence,
    };

    private static object Exhaustive(JsonElement inputs)
    {
        var bootstrap = Everything(inputs);
        return new
        {
            mean = bootstrap.Estimate,
            bootstrap_se_exact = bootstrap.StandardError,
            pct_2_5_type1 = bootstrap.Percentiles().Low,
            pct_97_5_type1 = bootstrap.Percentiles().High,
            prob_mean_ge_0 = bootstrap.ShareAtLeast(0),
        };
    }

    private static Bootstrap Everything(JsonElement inputs)
    {
        var differences = inputs.Numbers("paired_differences");
        return Bootstrap.Of(differences, values => values.ToArray().Average(), Resamples.All(differences.Length)).Value;
    }

    private static object Generator(JsonElement inputs)
    {
        var (raw, places) = (new SplitMix64((ulong)inputs.Whole("seed")), new SplitMix64((ulong)inputs.Whole("seed")));
        var draws = inputs.Whole("draws");
        return new
        {
            u64_decimal_strings = Enumerable.Range(0, draws).Select(_ => $"{raw.NextUInt64()}").ToList(),
            index_mod_free_high_bits_n10 = Enumerable.Range(0, draws).Select(_ => places.Next(10)).ToList(),
        };
    }

    private static object Dependence(JsonElement inputs)
    {
        var series = inputs.Numbers("series");
        var found = Autocorrelation.Of(series).Value;
        return new
        {
            acf_lag0_4 = Autocorrelation.Lags(series, 4),
            n_eff_ar1 = found.EffectiveByFirst,
            tau_int_first_positive = found.Time,
            n_eff_tau = found.Effective,
        };
    }
}
