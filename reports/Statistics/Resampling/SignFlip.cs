namespace ChaosBench.Reports.Statistics.Resampling;

/// <summary>
/// Exact one-sided test of paired differences: were the versions alike, each difference could as well have the other sign (Fisher, The
/// Design of Experiments, 1935). p = #{Σ ±d &gt;= Σ d} / 2^R over all sign patterns; the smallest there can be is 2^-R.
/// </summary>
public static class SignFlip
{
    private const int Most = 20;

    /// <param name="differences">At most 20.</param>
    /// <param name="margin">Taken off each difference first: a test of "no worse than by the margin".</param>
    public static Answer<double> Greater(ReadOnlySpan<double> differences, double margin = 0)
    {
        if (Guard.Finite(differences, 1, "list of differences") is { } lack)
        {
            return lack;
        }

        if (differences.Length > Most)
        {
            return Lack.NotDefined($"{differences.Length} pairs have too many sign patterns to count; use the t-interval");
        }

        var shifted = Array.ConvertAll(differences.ToArray(), value => value - margin);
        var (seen, size) = (shifted.Sum(), shifted.Sum(Math.Abs));
        var count = 0;
        for (var signs = 0; signs < 1 << shifted.Length; signs++)
        {
            var sum = 0.0;
            for (var i = 0; i < shifted.Length; i++)
            {
                sum += (signs >> i & 1) == 0 ? shifted[i] : -shifted[i];
            }

            count += sum >= seen - (size * 1e-12) ? 1 : 0;
        }

        return (double)count / (1 << shifted.Length);
    }
}
