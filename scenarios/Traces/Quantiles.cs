using System.Numerics;
using System.Runtime.InteropServices;

namespace ChaosBench.Scenarios.Traces;

/// <summary>
/// Quantiles of any number of non-negative values in bounded memory: exact below 2048, then to the lower end of a bucket of
/// relative width 1/1024.
/// </summary>
internal sealed class Quantiles
{
    private const int Exact = 2048;
    private const int PerOctave = 1024;
    private readonly Dictionary<long, long> _buckets = [];

    public long Count { get; private set; }
    public long Largest { get; private set; }
    public double Sum { get; private set; }

    public void Add(long value)
    {
        value = Math.Max(0, value);
        CollectionsMarshal.GetValueRefOrAddDefault(_buckets, LowerEnd(value), out _)++;
        Count++;
        Sum += value;
        Largest = Math.Max(Largest, value);
    }

    /// <summary>The value at rank ceil(share * count); 0 without values.</summary>
    public long At(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        foreach (var (value, count) in _buckets.OrderBy(bucket => bucket.Key))
        {
            if ((rank -= count) <= 0)
            {
                return value;
            }
        }

        return Largest;
    }

    private static long LowerEnd(long value)
    {
        if (value < Exact)
        {
            return value;
        }

        var width = 1L << (BitOperations.Log2((ulong)value) - BitOperations.Log2(PerOctave));
        return value / width * width;
    }
}
