using System.Text.Json;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Shares;

namespace ChaosBench.Tests.Reports.Statistics.Vectors;

internal static class ShareVectors
{
    public static IReadOnlyDictionary<string, Func<JsonElement, object>> Topics { get; } = new Dictionary<string, Func<JsonElement, object>>
    {
        ["binomial intervals"] = Intervals,
        ["difference of two proportions"] = inputs =>
        {
            var one = Newcombe.Independent(inputs.Whole("k1"), inputs.Whole("n1"), inputs.Whole("k2"), inputs.Whole("n2"), inputs.Number("confidence")).Value;
            return new { diff = one.Difference, lower = one.Low, upper = one.High };
        },
        ["paired pass/fail (McNemar)"] = inputs =>
        {
            var test = McNemar.Of(inputs.Whole("b_base_pass_cand_fail"), inputs.Whole("c_base_fail_cand_pass")).Value;
            return new { exact_two_sided_p = test.TwoSided, mid_p_two_sided = test.MidP, chi2_cc = test.ChiSquared, one_sided_p_regression = test.Worse };
        },
        ["attack success rate corrected for detector error (Rogan-Gladen)"] = inputs => new
        {
            p_true = DetectorCorrection.Apply(inputs.Number("p_obs"), inputs.Number("sensitivity"), inputs.Number("specificity")).Value,
        },
        ["counterfactual bias"] = Bias,
    };

    private static object Intervals(JsonElement inputs)
    {
        var (hits, total, confidence) = (inputs.Whole("k"), inputs.Whole("n"), inputs.Number("confidence"));
        return new
        {
            wilson = Wilson.TwoSided(hits, total, confidence)!.Value.Pair(),
            clopper_pearson = ExactIntervals.ClopperPearson(hits, total, confidence).Value.Pair(),
            jeffreys = ExactIntervals.Jeffreys(hits, total, confidence).Value.Pair(),
        };
    }

    private static object Bias(JsonElement inputs)
    {
        var flips = Counterfactual.Of(inputs.Whole("pairs"), inputs.Whole("flips_a_to_worse"), inputs.Whole("flips_b_to_worse")).Value;
        var (a, b) = (inputs.Counts("positive_rate_group_a"), inputs.Counts("positive_rate_group_b"));
        var parity = Newcombe.Independent(a[0], a[1], b[0], b[1]).Value;
        return new
        {
            flip_rate = flips.FlipRate,
            flip_rate_wilson = new[] { flips.FlipLow, flips.FlipHigh },
            four_fifths_ratio = Counterfactual.ImpactRatio(a[0], a[1], b[0], b[1]).Value,
            parity_diff_newcombe = new[] { parity.Difference, parity.Low, parity.High },
            directional_mcnemar_exact_p = flips.Directed,
        };
    }
}
