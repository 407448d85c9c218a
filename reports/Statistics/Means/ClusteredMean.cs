namespace ChaosBench.Reports.Statistics.Means;

/// <summary>
/// Mean of scores that come in clusters, prompts made from one template for example: SE² = SE_CLT² + (1/n²) Σ_c Σ_{i≠j in c} e_i e_j (Miller
/// 2024, arXiv:2411.00640, equation 4). Where scores of a cluster move against each other it is smaller than SE_CLT.
/// </summary>
/// <param name="Independent">Standard error as if every score stood by itself, divisor n - 1.</param>
/// <param name="CrossTerms">Σ_c Σ_{i≠j in c} e_i e_j.</param>
/// <param name="Clusters">How many.</param>
public sealed record ClusteredMean(double Mean, double StandardError, double Independent, double CrossTerms, int Clusters)
{
    public static Answer<ClusteredMean> Of(ReadOnlySpan<double> scores, IReadOnlyList<string> clusters)
    {
        if (scores.Length != clusters.Count)
        {
            return Lack.NotDefined($"{scores.Length} scores for {clusters.Count} cluster names");
        }

        if (Guard.Finite(scores, 2, "list of scores") is { } lack)
        {
            return lack;
        }

        var moments = Moments.Of(scores);
        var sums = new Dictionary<string, (double Sum, double Squares)>(StringComparer.Ordinal);
        for (var i = 0; i < scores.Length; i++)
        {
            var error = scores[i] - moments.Mean;
            var (sum, squares) = sums.GetValueOrDefault(clusters[i]);
            sums[clusters[i]] = (sum + error, squares + (error * error));
        }

        if (sums.Count < 2)
        {
            return Lack.NotEnough("all scores are of one cluster: nothing tells how clusters differ");
        }

        var cross = sums.Values.Sum(cluster => (cluster.Sum * cluster.Sum) - cluster.Squares);
        double n = scores.Length;
        var independent = moments.Variance / n;
        var clustered = independent + (cross / (n * n));
        return clustered > 0
            ? new ClusteredMean(moments.Mean, Math.Sqrt(clustered), Math.Sqrt(independent), cross, sums.Count)
            : new Lack(LackKind.NoSpread, "the clusters' means are alike: nothing says how sure the mean is");
    }
}
