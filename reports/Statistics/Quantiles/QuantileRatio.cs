namespace ChaosBench.Reports.Statistics.Quantiles;

/// <summary>
/// The ratio of one quantile of two samples with an interval made of the two order-statistic intervals: MOVER of Zou and Donner
/// (Statistics in Medicine 27, 2008) on the log scale, L = D - √((b - l_b)² + (u_a - a)²), U = D + √((u_b - b)² + (a - l_a)²).
/// Assumes independent values within a sample; positive ones.
/// </summary>
/// <param name="Ratio">Candidate over baseline.</param>
public sealed record QuantileRatio(double Ratio, double Low, double High)
{
    public static Answer<QuantileRatio> Of(
        ReadOnlySpan<double> candidate, ReadOnlySpan<double> baseline, double probability, double confidence = 0.95)
    {
        Guard.Share(probability, nameof(probability));
        if (Guard.BothOrdered(candidate, baseline, 1) is { } lack)
        {
            return lack;
        }

        var (mine, theirs) = (Logs(candidate, probability, confidence), Logs(baseline, probability, confidence));
        return (mine.Lack ?? theirs.Lack) is { } missing ? missing : Combine(mine.Value, theirs.Value);
    }

    private static Answer<QuantileRatio> Combine(LogInterval b, LogInterval a)
    {
        var difference = b.At - a.At;
        var low = difference - Math.Sqrt(Square(b.At - b.Low) + Square(a.High - a.At));
        var high = difference + Math.Sqrt(Square(b.High - b.At) + Square(a.At - a.Low));
        return new QuantileRatio(Math.Exp(difference), Math.Exp(low), Math.Exp(high));
    }

    private static Answer<LogInterval> Logs(ReadOnlySpan<double> values, double probability, double confidence)
    {
        if (OrderStatistics.Interval(values.Length, probability, confidence) is not var (lower, upper, _))
        {
            return Lack.NotEnough($"{values.Length} values bound no quantile of {probability} on both sides");
        }

        var sorted = QuantileEstimators.Sorted(values);
        var (low, at, high) = (sorted[lower - 1], QuantileEstimators.OfSorted(sorted, probability), sorted[upper - 1]);
        return low > 0 && double.IsFinite(high) ? new LogInterval(Math.Log(low), Math.Log(at), Math.Log(high))
            : Lack.NotDefined($"a ratio takes positive finite bounds, and these are {low} and {high}");
    }

    private static double Square(double value) => value * value;

    private readonly record struct LogInterval(double Low, double At, double High);
}
