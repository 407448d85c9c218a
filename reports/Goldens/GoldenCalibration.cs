using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Distances;
using ChaosBench.Reports.Statistics.Gates;

namespace ChaosBench.Reports.Goldens;

/// <summary>
/// Thresholds from what the baseline's own repeats are like, by cohort. A repeat is compared with the mean of the other repeats of its
/// case, so that no answer is compared with itself.
/// </summary>
public static class GoldenCalibration
{
    /// <summary>Cosines that are equal but for the last digits of 32-bit floats.</summary>
    public const double Rounding = 1e-6;

    /// <param name="rows">With vectors, of one cohort.</param>
    public static GoldenCohort Of(double temperature, int batch, IReadOnlyList<GoldenRow> rows, IReadOnlyList<float[]> vectors, double alpha)
    {
        var selves = Selves(rows, vectors).SelectMany(one => one.Similarities).ToArray();
        var threshold = selves.Length == 0
            ? Lack.NotEnough("no case has two repeats to compare")
            : ConformalThreshold.Of(selves, alpha);
        return new GoldenCohort(
            temperature, batch, rows.Select(row => row.Case).Distinct().Count(), rows.Count,
            threshold.IsKnown ? threshold.Value.Value : null, threshold.Lack?.Reason)
        {
            MeanSelf = selves.Length == 0 ? null : selves.Average(),
            LeastSelf = selves.Length == 0 ? null : selves.Min(),
        };
    }

    /// <summary>Cosine of each repeat with the mean of the others, by case; cases with one repeat have none.</summary>
    public static IEnumerable<(string Case, double[] Similarities)> Selves(IEnumerable<GoldenRow> rows, IReadOnlyList<float[]> vectors)
    {
        foreach (var repeats in rows.GroupBy(row => row.Case, StringComparer.Ordinal))
        {
            var own = repeats.Select(row => vectors[row.Row!.Value]).ToList();
            if (own.Count < 2)
            {
                continue;
            }

            var sum = Sum(own);
            var similarities = own.Select(vector => Cosine.Similarity(vector, Less(sum, vector))).Where(cosine => cosine.IsKnown)
                .Select(cosine => cosine.Value).ToArray();
            yield return (repeats.Key, similarities);
        }
    }

    /// <summary>What answers to a case are compared with. The length of a sum does not matter to a cosine.</summary>
    public static float[] Sum(IReadOnlyList<float[]> vectors)
    {
        var sum = new float[vectors[0].Length];
        foreach (var vector in vectors)
        {
            for (var at = 0; at < sum.Length; at++)
            {
                sum[at] += vector[at];
            }
        }

        return sum;
    }

    private static float[] Less(float[] sum, float[] vector) => [.. sum.Zip(vector, (all, one) => all - one)];
}
