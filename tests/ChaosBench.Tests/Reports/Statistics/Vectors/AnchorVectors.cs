using System.Text.Json;
using ChaosBench.Reports.Statistics.Anchors;

namespace ChaosBench.Tests.Reports.Statistics.Vectors;

internal static class AnchorVectors
{
    public static IReadOnlyDictionary<string, Func<JsonElement, object>> Topics { get; } = new Dictionary<string, Func<JsonElement, object>>
    {
        ["Kayenta judge reproduction (anchor behaviour)"] = inputs =>
        {
            var judged = KayentaJudge.Of(inputs.Numbers("experiment"), inputs.Numbers("control")).Value;
            return new
            {
                ci_lower = judged.Low,
                ci_upper = judged.High,
                estimate = judged.Estimate,
                critical = judged.Critical,
                mean_ratio = judged.MeanRatio,
                classification = judged.Class.ToString(),
            };
        },
        ["Kayenta weighted score"] = Score,
        ["Bencher boundary limits"] = inputs =>
        {
            var limits = BencherLimits.Of(inputs.Number("mean"), inputs.Number("sd"), inputs.Whole("n"), inputs.Number("boundary")).Value;
            return new { z_upper = limits.ZUpper, t_upper_prediction = limits.TUpper, t_lower_prediction = limits.TLower };
        },
    };

    private static object Score(JsonElement inputs)
    {
        var groups = inputs.GetProperty("groups").EnumerateObject().ToDictionary(
            group => group.Name,
            group => (IReadOnlyList<KayentaClass>)[.. group.Value.EnumerateArray().Select(name => Enum.Parse<KayentaClass>(name.GetString()!, ignoreCase: true))]);
        var score = KayentaScore.Of(groups, inputs.GetProperty("weights").EnumerateObject().ToDictionary(weight => weight.Name, weight => weight.Value.GetDouble())).Value;
        return new
        {
            latency = score.Groups["latency"],
            errors = score.Groups["errors"],
            gpu_effective = score.Groups["gpu"],
            summary_rounded2 = score.Summary,
        };
    }
}
