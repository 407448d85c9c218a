using System.Globalization;
using System.Text.Json;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Means;
using ChaosBench.Reports.Statistics.Multiplicity;
using ChaosBench.Reports.Statistics.Resampling;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Statistics.Vectors;

internal static class MeanVectors
{
    public static IReadOnlyDictionary<string, Func<JsonElement, object>> Topics { get; } = new Dictionary<string, Func<JsonElement, object>>
    {
        ["non-inferiority with a relative margin"] = NonInferiority,
        ["interleaved run pairs, log-ratio of per-run p99"] = RunPairs,
        ["three-way verdict at the boundary"] = Boundary,
        ["cluster-robust standard error of an eval mean"] = inputs =>
        {
            var mean = ClusteredMean.Of(inputs.Numbers("scores"), inputs.Texts("cluster")).Value;
            return new { mean = mean.Mean, se_clt = mean.Independent, cross_term_sum = mean.CrossTerms, se_clustered = mean.StandardError };
        },
        ["cost per successful request (ratio estimator)"] = inputs =>
        {
            var cost = RatioEstimate.Of(inputs.Numbers("cost"), inputs.Numbers("success")).Value;
            return new { ratio = cost.Ratio, delta_method_se = cost.StandardError, ci95_normal = cost.Interval().Pair() };
        },
        ["token cost"] = Money,
        ["questions needed for a paired eval difference"] = inputs => new
        {
            n = SampleSize.Pairs(
                inputs.Number("variance_of_paired_difference"), inputs.Number("mde"), inputs.Number("alpha"), inputs.Number("power")).Value,
        },
        ["Holm / Benjamini-Hochberg / Benjamini-Yekutieli"] = inputs =>
        {
            var chances = inputs.Numbers("p");
            var (holm, bh) = (Adjusted.Holm(chances), Adjusted.BenjaminiHochberg(chances));
            return new Dictionary<string, object>
            {
                ["holm"] = holm.Values,
                ["bh"] = bh.Values,
                ["by"] = Adjusted.BenjaminiYekutieli(chances).Values,
                ["bh_rejected_at_0.05"] = bh.Rejected(0.05),
                ["holm_rejected_at_0.05"] = holm.Rejected(0.05),
            };
        },
    };

    private static Dictionary<string, object> NonInferiority(JsonElement inputs)
    {
        var test = LogWelch.Of(inputs.Numbers("candidate"), inputs.Numbers("baseline")).Value;
        var bounds = test.OneSided(1 - inputs.Number("alpha"));
        var answers = new Dictionary<string, object>
        {
            ["log_ratio"] = test.LogRatio, ["ratio"] = test.Ratio, ["se"] = test.StandardError, ["df"] = test.Degrees, ["ci90_ratio"] = bounds.Pair(),
        };
        foreach (var margin in inputs.Numbers("margins"))
        {
            var against = test.Against(margin);
            answers[string.Create(CultureInfo.InvariantCulture, $"margin_{margin}")] =
                new { t = against.T, p_noninferior = against.NonInferior, p_worse_than_margin = against.Worse };
        }

        answers["verdicts"] = Verdicts(inputs, bounds.Low, bounds.High);
        return answers;
    }

    private static object RunPairs(JsonElement inputs)
    {
        var ratios = inputs.Numbers("candidate_p99_ms").Zip(inputs.Numbers("baseline_p99_ms"), (candidate, baseline) => Math.Log(candidate / baseline)).ToArray();
        var bounds = MeanBounds.Of(ratios, 1 - inputs.Number("alpha"))!;
        return new
        {
            mean_log_ratio = bounds.Mean,
            se = bounds.StandardError,
            df = bounds.Count - 1,
            lower_ratio = Math.Exp(bounds.Low),
            upper_ratio = Math.Exp(bounds.High),
            verdicts = Verdicts(inputs, Math.Exp(bounds.Low), Math.Exp(bounds.High)),
            sign_flip_permutation_p_one_sided = SignFlip.Greater(ratios).Value,
        };
    }

    private static Dictionary<string, string> Verdicts(JsonElement inputs, double low, double high) => inputs.Numbers("margins").ToDictionary(
        margin => margin.ToString("0.00", CultureInfo.InvariantCulture),
        margin => AbsoluteJudge.Side(Comparison.LessOrEqual, low, high, 1 + margin).ToString());

    private static object Boundary(JsonElement inputs) => new
    {
        verdicts = inputs.GetProperty("cases").EnumerateArray().Select(one =>
        {
            double Bound(string name) => one.GetProperty(name).ValueKind == JsonValueKind.Null ? double.NaN : one.Number(name);
            return AbsoluteJudge.Side(Comparison.LessOrEqual, Bound("lower"), Bound("upper"), one.Number("margin")).ToString();
        }),
    };

    private static object Money(JsonElement inputs)
    {
        var price = new TokenPrice(inputs.GetProperty("price_in_per_million").GetDecimal(), inputs.GetProperty("price_out_per_million").GetDecimal());
        var costs = inputs.Counts("prompt_tokens").Zip(inputs.Counts("completion_tokens"), price.Of).ToArray();
        var mean = MeanBounds.Of(Array.ConvertAll(costs, cost => (double)cost))!;
        return new { cost_each = costs, mean_cost = mean.Mean, se = mean.StandardError, cost_per_1k_requests = costs.Average() * 1_000 };
    }
}
