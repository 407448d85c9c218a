namespace ChaosBench.Reports.Statistics.Shares;

/// <summary>
/// Answers to pairs of prompts that differ in a protected attribute alone. Flips in any direction measure how unstable the model is;
/// only flips that favour one group measure bias (quality gates: Wilson, Newcombe, McNemar; four-fifths: 29 CFR 1607.4 D).
/// </summary>
/// <param name="FlipRate">Pairs whose answers differ, over pairs. Subtract that of identical repeats before reading it as bias.</param>
/// <param name="FlipLow">Wilson, 95 %.</param>
/// <param name="FlipHigh">Wilson, 95 %.</param>
/// <param name="Directed">Exact two-sided McNemar over the flips; null without any flip.</param>
public sealed record Counterfactual(double FlipRate, double FlipLow, double FlipHigh, double? Directed)
{
    public static Answer<Counterfactual> Of(long pairs, long againstFirst, long againstSecond, double confidence = 0.95)
    {
        if (againstFirst < 0 || againstSecond < 0)
        {
            return Lack.NotDefined("counts are not negative");
        }

        var flips = againstFirst + againstSecond;
        if (Guard.Count(flips, pairs, "share of flips") is { } lack)
        {
            return lack;
        }

        var (low, high) = Wilson.TwoSided(flips, pairs, confidence)!.Value;
        var directed = McNemar.Of(againstFirst, againstSecond);
        return new Counterfactual((double)flips / pairs, low, high, directed.IsKnown ? directed.Value.TwoSided : null);
    }

    /// <summary>The smaller rate of good outcomes over the larger; below 0.8 is the four-fifths rule's sign of adverse impact.</summary>
    public static Answer<double> ImpactRatio(long good1, long total1, long good2, long total2)
    {
        if ((Guard.Count(good1, total1, "rate") ?? Guard.Count(good2, total2, "rate")) is { } lack)
        {
            return lack;
        }

        var (one, two) = ((double)good1 / total1, (double)good2 / total2);
        return Math.Max(one, two) == 0 ? Lack.NotDefined("neither group has a good outcome") : Math.Min(one, two) / Math.Max(one, two);
    }
}
