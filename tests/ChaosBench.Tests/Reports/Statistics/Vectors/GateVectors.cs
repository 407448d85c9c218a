using System.Text.Json;
using ChaosBench.Reports.Statistics.Gates;

namespace ChaosBench.Tests.Reports.Statistics.Vectors;

internal static class GateVectors
{
    public static IReadOnlyDictionary<string, Func<JsonElement, object>> Topics { get; } = new Dictionary<string, Func<JsonElement, object>>
    {
        ["per-cohort similarity threshold from repeated baseline runs"] = inputs =>
        {
            var threshold = ConformalThreshold.Of(inputs.Numbers("baseline_self_similarities"), inputs.Number("alpha")).Value;
            return new
            {
                k_rank = threshold.Rank,
                threshold = threshold.Value,
                conformal_p_values = inputs.Numbers("candidate").Select(value => threshold.P(value).Value),
            };
        },
        ["gate ROC from A/A and injected-regression runs"] = inputs =>
        {
            var roc = GateRoc.Of(inputs.Numbers("scores_aa"), inputs.Numbers("scores_regressed"), inputs.Number("threshold")).Value;
            return new Dictionary<string, object>
            {
                ["auc"] = roc.Area,
                ["fpr"] = roc.FalsePositive.Value,
                ["tpr"] = roc.TruePositive.Value,
                ["fpr_wilson"] = new[] { roc.FalsePositive.Low, roc.FalsePositive.High },
                ["tpr_wilson"] = new[] { roc.TruePositive.Low, roc.TruePositive.High },
                ["aa_runs_needed_to_show_fpr_le_0.05_at_95_with_zero_alarms"] = GateRoc.RunsToShow(0.05),
            };
        },
        ["alert overlap between two A/A runs"] = inputs => new { jaccard = GateRoc.Overlap(inputs.Texts("run1"), inputs.Texts("run2")) },
    };
}
