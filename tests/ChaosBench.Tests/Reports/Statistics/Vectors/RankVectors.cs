using System.Text.Json;
using ChaosBench.Reports.Statistics.Ranks;

namespace ChaosBench.Tests.Reports.Statistics.Vectors;

internal static class RankVectors
{
    public static IReadOnlyDictionary<string, Func<JsonElement, object>> Topics { get; } = new Dictionary<string, Func<JsonElement, object>>
    {
        ["Mann-Whitney U"] = RankSum,
        ["Hodges-Lehmann shift"] = Shift,
        ["Brunner-Munzel"] = inputs =>
        {
            var test = BrunnerMunzel.Of(inputs.Numbers("x"), inputs.Numbers("y")).Value;
            return new { statistic_scipy_sign = test.Statistic, p_two_sided_t = test.TwoSided };
        },
        ["paired runs (signed rank)"] = inputs =>
        {
            var test = SignedRank.Of(inputs.Numbers("differences")).Value;
            return new { W_min = test.W, p_two_sided_approx_cc = test.TwoSided, hl_pseudomedian = test.PseudoMedian, sign_test_p_two_sided = test.SignTest };
        },
        ["Kolmogorov-Smirnov two-sample"] = inputs =>
        {
            var test = KolmogorovSmirnov.Of(inputs.Numbers("x"), inputs.Numbers("y")).Value;
            return new { test.D, p_exact = test.Exact, p_asymptotic_Q_ks_NR = test.Asymptotic };
        },
    };

    private static object RankSum(JsonElement inputs)
    {
        var test = MannWhitney.Of(inputs.Numbers("x"), inputs.Numbers("y")).Value;
        return new
        {
            U_x = test.U,
            U_y = test.OtherU,
            sigma_tie_corrected = test.Sigma,
            z_continuity = test.Z,
            p_two_sided_asymptotic_cc = test.TwoSided,
            cles_P_x_gt_y_plus_half_ties = test.Superiority,
            p_two_sided_exact_permutation = test.Exact?.TwoSided,
            p_one_sided_exact_x_greater = test.Exact?.Greater,
            permutations = test.Exact?.Splits,
        };
    }

    private static object Shift(JsonElement inputs)
    {
        var (x, y) = (inputs.Numbers("x_candidate"), inputs.Numbers("y_baseline"));
        var shift = HodgesLehmann.Of(x, y, inputs.Number("confidence")).Value;
        return new
        {
            shift = shift.Shift,
            ci_lower = shift.Low,
            ci_upper = shift.High,
            k_largest_with_P_U_le_k_le_alpha_2 = shift.Rank,
            nominal_coverage_no_ties = shift.Coverage,
            ratio_estimate_median_of_pairwise_ratios = HodgesLehmann.Ratio(x, y).Value,
        };
    }
}
