using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Means;
using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Scenarios.Planning;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Robustness;

/// <summary>What one corruption changes, with its bounds; shares as differences, latencies as logarithms of ratios.</summary>
/// <param name="Prompts">Pairs that it rests on.</param>
/// <param name="Chance">Of something this bad or worse if the truth lay on the limit. Null: too few prompts to say.</param>
internal sealed record CorruptionEffect(string Corruption, int Prompts, double Mean, double Low, double High, double? Chance)
{
    /// <summary>Fewer decide nothing, whatever they look like.</summary>
    public const int FewestPrompts = 10;

    private const int Resamples = 600;

    public bool IsKnown => Chance is not null;

    /// <summary>A difference of shares cannot be more than this either way.</summary>
    public CorruptionEffect Within(double most) => this with { Low = Math.Max(-most, Low), High = Math.Min(most, High) };

    public static CorruptionEffect Unknown(string corruption, int prompts) => new(corruption, prompts, double.NaN, double.NaN, double.NaN, null);

    /// <summary>
    /// Mean of the differences by prompt (of the differences of differences, with a baseline), errors clustered by template (Miller 2024), Student's
    /// t with the clusters less one. Differences that are all alike have no spread: then as wide as Wilson's bound of 0 in as many prompts.
    /// </summary>
    public static CorruptionEffect OfShares(string corruption, IReadOnlyList<(double Difference, string Cluster)> prompts, double limit, bool worseIsMore)
    {
        if (prompts.Count < FewestPrompts)
        {
            return Unknown(corruption, prompts.Count);
        }

        double[] differences = [.. prompts.Select(prompt => prompt.Difference)];
        var clustered = ClusteredMean.Of(differences, [.. prompts.Select(prompt => prompt.Cluster)]);
        if (!clustered.IsKnown || clustered.Value.StandardError < 1e-12)
        {
            var (mean, width) = (differences.Average(), Wilson.OneSided(0, differences.Length, AbsoluteJudge.Confidence)!.Value.High);
            var error = width / Normal.InvCDF(0, 1, AbsoluteJudge.Confidence);
            var z = (mean - limit) / error;
            return new CorruptionEffect(corruption, prompts.Count, mean, mean - width, mean + width, Normal.CDF(0, 1, worseIsMore ? -z : z));
        }

        var (estimate, freedom) = (clustered.Value, clustered.Value.Clusters - 1);
        var reach = estimate.StandardError * StudentT.InvCDF(0, 1, freedom, AbsoluteJudge.Confidence);
        var t = (estimate.Mean - limit) / estimate.StandardError;
        return new CorruptionEffect(
            corruption, prompts.Count, estimate.Mean, estimate.Mean - reach, estimate.Mean + reach, StudentT.CDF(0, 1, freedom, worseIsMore ? -t : t));
    }

    /// <summary>
    /// Log of the ratio of one quantile under corruption and clean (less the baseline's), with a bootstrap that draws whole clusters of prompts,
    /// or prompts where there are fewer than five clusters. Requests that never came are infinitely late.
    /// </summary>
    /// <param name="prompts">Per prompt and cluster: candidate clean, corrupted, and the baseline's two where it is compared.</param>
    public static CorruptionEffect OfQuantiles(
        string corruption, IReadOnlyList<(string Cluster, IReadOnlyList<Cell> Cells)> prompts, double probability, (double At, bool WorseIsMore) limit, ulong seed)
    {
        if (prompts.Count < FewestPrompts)
        {
            return Unknown(corruption, prompts.Count);
        }

        var groups = prompts.GroupBy(prompt => prompt.Cluster, StringComparer.Ordinal).Select(group => group.ToList()).ToList();
        groups = groups.Count >= 5 ? groups : [.. prompts.Select(prompt => new List<(string, IReadOnlyList<Cell>)> { prompt })];
        var estimate = Statistic(groups, probability);
        var random = KeyedHash.Stream(seed, "corrupted-input", corruption);
        var values = new List<double>(Resamples);
        for (var number = 0; number < Resamples; number++)
        {
            values.Add(Statistic([.. groups.Select(_ => groups[random.Next(groups.Count)])], probability));
        }

        // A quantile that is infinite clean and corrupted tells nothing of a change.
        if (double.IsNaN(estimate) || values.Exists(double.IsNaN))
        {
            return Unknown(corruption, prompts.Count);
        }

        values.Sort();
        var tail = (int)Math.Floor((1 - AbsoluteJudge.Confidence) * Resamples);
        var good = values.Count(value => limit.WorseIsMore ? value <= limit.At : value >= limit.At);
        return new CorruptionEffect(corruption, prompts.Count, estimate, values[tail], values[^(tail + 1)], (good + 1.0) / (Resamples + 1));
    }

    private static double Statistic(List<List<(string Cluster, IReadOnlyList<Cell> Cells)>> groups, double probability)
    {
        double Level(int cell) => Math.Log(QuantileEstimators.Of(
            [.. groups.SelectMany(group => group).SelectMany(prompt => prompt.Cells[cell].Values)], probability) is { IsKnown: true, Value: var seconds } ? seconds : double.NaN);
        var change = Level(1) - Level(0);
        return groups[0][0].Cells.Count == 4 ? change - (Level(3) - Level(2)) : change;
    }
}
