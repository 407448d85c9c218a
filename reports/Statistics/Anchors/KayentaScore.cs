namespace ChaosBench.Reports.Statistics.Anchors;

/// <summary>
/// Kayenta's summary of many checks (spinnaker/kayenta, WeightedSumScorer.scala): a group scores 100 × Pass / (Pass + High + Low), groups
/// without a weight share what is left of 100, and a group with no data counts as 100, which is how a canary that reports nothing is
/// promoted.
/// </summary>
/// <param name="Groups">By name; what a group without data counts as is 100.</param>
public sealed record KayentaScore(IReadOnlyDictionary<string, double> Groups, double Summary)
{
    public static Answer<KayentaScore> Of(
        IReadOnlyDictionary<string, IReadOnlyList<KayentaClass>> groups, IReadOnlyDictionary<string, double> weights)
    {
        if (groups.Count == 0)
        {
            return Lack.NotEnough("no groups");
        }

        var unweighted = groups.Keys.Count(name => !weights.ContainsKey(name));
        var share = unweighted == 0 ? 0 : (100 - groups.Keys.Sum(name => weights.GetValueOrDefault(name))) / unweighted;
        var scores = groups.ToDictionary(group => group.Key, group => Score(group.Value), StringComparer.Ordinal);
        var sum = scores.Sum(group => group.Value / 100 * weights.GetValueOrDefault(group.Key, share));
        return new KayentaScore(scores, Math.Round(sum, 2));
    }

    private static double Score(IReadOnlyList<KayentaClass> classes)
    {
        var judged = classes.Count(one => one != KayentaClass.NoData);
        return judged == 0 ? 100 : 100.0 * classes.Count(one => one == KayentaClass.Pass) / judged;
    }
}
