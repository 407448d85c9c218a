using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Gates;

/// <summary>Reads <c>under corrupted input</c>: the limit is then a change from the clean prompts, or what that change is beyond the baseline's own.</summary>
internal static class Corrupted
{
    private const string Suffix = "under corrupted input";

    public static Objective Read(GateText words, Objective objective)
    {
        foreach (var expected in new[] { "corrupted", "input" })
        {
            var word = words.Take(expected, $"accuracy >= -5pp {Suffix}");
            if (word.Text != expected)
            {
                throw new GateException($"{Shown.Quoted(word.Text)} is nothing that a gate can be under", $"write {Suffix}", word.At);
            }
        }

        var metric = objective.Metric;
        var latency = Metrics.IsDistribution(metric) && metric is not (MetricId.TokenGap or MetricId.ChunkGap or MetricId.DispatchLag)
            && objective is { Aggregation.Kind: AggregationKind.Percentile, LimitKind: LimitKind.RelativeToBaseline };
        var share = Metrics.UnitOf(metric) == MetricUnit.Share && metric is not (MetricId.JudgedRight or MetricId.CanaryAccuracy)
            && objective.LimitKind == LimitKind.DifferenceToBaseline;
        if (!latency && !share)
        {
            throw new GateException(
                $"{Shown.Quoted(objective.Text)} is no change that corrupted input makes",
                $"write a share in points, accuracy >= -5pp {Suffix}, or a percentile in per cent, p95 e2e <= +20% {Suffix}", words.End);
        }

        return objective with { UnderCorruption = objective.UnderCorruption ?? Contrast.Baseline };
    }
}
