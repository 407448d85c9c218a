namespace ChaosBench.Reports.Statistics.Shares;

/// <summary>Difference of two shares with an interval made of their Wilson intervals (Newcombe, Statistics in Medicine 17, 1998).</summary>
/// <param name="Difference">First less second.</param>
public sealed record Newcombe(double Difference, double Low, double High)
{
    /// <summary>Method 10 of pages 873-890, two groups: d - √((p1 - l1)² + (u2 - p2)²) to d + √((u1 - p1)² + (p2 - l2)²).</summary>
    public static Answer<Newcombe> Independent(long hits1, long total1, long hits2, long total2, double confidence = 0.95) =>
        (Guard.Count(hits1, total1, "share") ?? Guard.Count(hits2, total2, "share")) is { } lack ? lack
        : Combine(Part.Of(hits1, total1, confidence), Part.Of(hits2, total2, confidence), 0);

    /// <summary>
    /// Method 10 of pages 2635-2650, pairs of outcomes on the same cases: the same with the correlation φ of the pairs,
    /// -2 φ (p1 - l1)(u2 - p2) and -2 φ (u1 - p1)(p2 - l2) under the roots; φ with Yates' correction where it is positive.
    /// </summary>
    /// <param name="both">Cases where both hit; then only the first, only the second, and neither.</param>
    public static Answer<Newcombe> Paired(long both, long first, long second, long neither, double confidence = 0.95)
    {
        if (Math.Min(Math.Min(both, first), Math.Min(second, neither)) < 0)
        {
            return Lack.NotDefined("counts are not negative");
        }

        var total = both + first + second + neither;
        if (total == 0)
        {
            return Lack.NotEnough("no pairs");
        }

        var (a, b, c, d) = ((double)both, (double)first, (double)second, (double)neither);
        var margins = (a + b) * (c + d) * (a + c) * (b + d);
        var cross = (a * d) - (b * c);
        var correlation = margins == 0 ? 0 : (cross > 0 ? Math.Max(0, cross - (total / 2.0)) : cross) / Math.Sqrt(margins);
        return Combine(Part.Of(both + first, total, confidence), Part.Of(both + second, total, confidence), correlation);
    }

    private static Answer<Newcombe> Combine(Part one, Part two, double correlation)
    {
        var difference = one.Share - two.Share;
        double Reach(double mine, double other) => Math.Sqrt(Math.Max(0, (mine * mine) - (2 * correlation * mine * other) + (other * other)));
        return new Newcombe(
            difference,
            difference - Reach(one.Share - one.Low, two.High - two.Share),
            difference + Reach(one.High - one.Share, two.Share - two.Low));
    }

    private readonly record struct Part(double Share, double Low, double High)
    {
        public static Part Of(long hits, long total, double confidence)
        {
            var (low, high) = Wilson.TwoSided(hits, total, confidence)!.Value;
            return new Part((double)hits / total, low, high);
        }
    }
}
