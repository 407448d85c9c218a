using System.Numerics;
using System.Runtime.InteropServices;

namespace ChaosBench.Reports.Statistics.Distances;

/// <summary>A symmetric matrix over the vectors of two samples, the first sample's first, and what permutation tests sum of it.</summary>
internal sealed class PairMatrix
{
    private readonly double[] _cells;
    private readonly double[] _rowSums;

    private PairMatrix(double[] cells, int size)
    {
        (_cells, Size) = (cells, size);
        _rowSums = new double[size];
        for (var i = 0; i < size; i++)
        {
            foreach (var cell in Row(i))
            {
                _rowSums[i] += cell;
            }
        }
    }

    public int Size { get; }

    public double this[int i, int j] => _cells[(i * Size) + j];

    /// <summary>Squared Euclidean distances of all vectors.</summary>
    public static PairMatrix Distances(IReadOnlyList<float[]> vectors)
    {
        var size = vectors.Count;
        var cells = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            for (var j = i + 1; j < size; j++)
            {
                cells[(i * size) + j] = cells[(j * size) + i] = Squared(vectors[i], vectors[j]);
            }
        }

        return new PairMatrix(cells, size);
    }

    public PairMatrix Select(Func<double, double> map) => new(Array.ConvertAll(_cells, cell => map(cell)), Size);

    /// <summary>Off the diagonal, each pair once.</summary>
    public double[] Pairs()
    {
        var pairs = new double[Size * (Size - 1) / 2];
        var next = 0;
        for (var i = 0; i < Size; i++)
        {
            Row(i)[(i + 1)..].CopyTo(pairs.AsSpan(next));
            next += Size - i - 1;
        }

        return pairs;
    }

    /// <summary>Sums over both in the first group, both in the second, and across in one direction. The diagonal counts.</summary>
    /// <param name="first">1 for members of the first group, 0 for the others.</param>
    public (double First, double Second, double Across) Sums(double[] first)
    {
        var (all, touching, within) = (0.0, 0.0, 0.0);
        for (var i = 0; i < Size; i++)
        {
            all += _rowSums[i];
            if (first[i] > 0)
            {
                touching += _rowSums[i];
                within += Dot(Row(i), first);
            }
        }

        var across = touching - within;
        return (within, all - within - (2 * across), across);
    }

    private ReadOnlySpan<double> Row(int i) => _cells.AsSpan(i * Size, Size);

    private static double Dot(ReadOnlySpan<double> u, ReadOnlySpan<double> v)
    {
        var wideU = MemoryMarshal.Cast<double, Vector<double>>(u);
        var wideV = MemoryMarshal.Cast<double, Vector<double>>(v);
        var sums = Vector<double>.Zero;
        for (var i = 0; i < wideU.Length; i++)
        {
            sums += wideU[i] * wideV[i];
        }

        var sum = Vector.Sum(sums);
        for (var i = wideU.Length * Vector<double>.Count; i < u.Length; i++)
        {
            sum += u[i] * v[i];
        }

        return sum;
    }

    private static double Squared(float[] u, float[] v)
    {
        var wideU = MemoryMarshal.Cast<float, Vector<float>>(u.AsSpan());
        var wideV = MemoryMarshal.Cast<float, Vector<float>>(v.AsSpan());
        var sums = Vector<double>.Zero;
        for (var i = 0; i < wideU.Length; i++)
        {
            Vector.Widen(wideU[i] - wideV[i], out var low, out var high);
            sums += (low * low) + (high * high);
        }

        var sum = Vector.Sum(sums);
        for (var i = wideU.Length * Vector<float>.Count; i < u.Length; i++)
        {
            sum += ((double)u[i] - v[i]) * ((double)u[i] - v[i]);
        }

        return sum;
    }
}
