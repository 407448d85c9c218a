namespace ChaosBench.Reports.Statistics.Ranks;

/// <summary>
/// Order statistics of all differences x_i - y_j without making them: the number of differences up to a limit is one walk along the two
/// sorted samples, and the k-th is found by halving the range of doubles, at most 64 times. Exact: rounding is monotone.
/// </summary>
internal sealed class PairwiseDifferences
{
    private readonly double[] _x;
    private readonly double[] _y;

    public PairwiseDifferences(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        (_x, _y) = (x.ToArray(), y.ToArray());
        Array.Sort(_x);
        Array.Sort(_y);
    }

    public long Count => (long)_x.Length * _y.Length;

    public double Median => (AtRank((Count + 1) / 2) + AtRank((Count / 2) + 1)) / 2;

    /// <param name="rank">1 to <see cref="Count"/>, rising.</param>
    public double AtRank(long rank)
    {
        var (low, high) = (Key(_x[0] - _y[^1]), Key(_x[^1] - _y[0]));
        while (low < high)
        {
            var middle = unchecked(low + (long)((ulong)(high - low) / 2));
            if (UpTo(Value(middle)) >= rank)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return Value(low);
    }

    private long UpTo(double limit)
    {
        var (count, j) = (0L, 0);
        foreach (var x in _x)
        {
            // The larger x, the fewer y keep x - y at or below the limit: those from j on.
            while (j < _y.Length && x - _y[j] > limit)
            {
                j++;
            }

            count += _y.Length - j;
        }

        return count;
    }

    /// <summary>Doubles in their order as whole numbers; -0 and 0 are one.</summary>
    private static long Key(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value + 0.0);
        return bits >= 0 ? bits : unchecked(long.MinValue - bits);
    }

    private static double Value(long key) => BitConverter.Int64BitsToDouble(key >= 0 ? key : unchecked(long.MinValue - key));
}
