namespace ChaosBench.Reports.Statistics;

/// <summary>Mean and variance in two passes, variance with the n - 1 divisor; NaN where there are too few values.</summary>
internal readonly record struct Moments(int Count, double Mean, double Variance)
{
    public double Deviation => Math.Sqrt(Variance);

    public static Moments Of(ReadOnlySpan<double> values)
    {
        var (sum, alike) = (0.0, true);
        foreach (var value in values)
        {
            sum += value;
            alike &= value.Equals(values[0]);
        }

        // Values that are all alike have no deviation, not one of the size of a rounding.
        var mean = alike && values.Length > 0 ? values[0] : sum / values.Length;
        var squares = 0.0;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return new Moments(values.Length, mean, values.Length < 2 ? double.NaN : squares / (values.Length - 1));
    }
}
