using System.Numerics;
using System.Runtime.InteropServices;

namespace ChaosBench.Reports.Statistics.Distances;

/// <summary>
/// u·v / (|u||v|), summed in double so that the last digits do not depend on the width of the machine's registers more than need be. A
/// vector of zeros has no direction: no number, neither 0 nor 1.
/// </summary>
public static class Cosine
{
    public static Answer<double> Similarity(ReadOnlySpan<double> u, ReadOnlySpan<double> v)
    {
        if (Guard.Paired(u, v, 1) is { } lack)
        {
            return lack;
        }

        var (dot, one, other) = (0.0, 0.0, 0.0);
        for (var i = 0; i < u.Length; i++)
        {
            dot += u[i] * v[i];
            one += u[i] * u[i];
            other += v[i] * v[i];
        }

        return Of(dot, one, other);
    }

    /// <summary>The same of embeddings as they are stored.</summary>
    public static Answer<double> Similarity(ReadOnlySpan<float> u, ReadOnlySpan<float> v) =>
        u.Length != v.Length ? Lack.NotDefined($"{u.Length} dimensions do not compare with {v.Length}") : Known(u, v);

    /// <summary>Row by row of two equally shaped matrices, as one array each: an answer to a case beside its golden.</summary>
    /// <param name="dimension">Columns.</param>
    public static Answer<Answer<double>[]> Rows(ReadOnlySpan<float> candidates, ReadOnlySpan<float> goldens, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (candidates.Length != goldens.Length || candidates.Length % dimension != 0)
        {
            return Lack.NotDefined($"{candidates.Length} and {goldens.Length} numbers are not two matrices of {dimension} columns");
        }

        var rows = new Answer<double>[candidates.Length / dimension];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = Known(candidates.Slice(i * dimension, dimension), goldens.Slice(i * dimension, dimension));
        }

        return rows;
    }

    /// <summary>The angle over π: 0 the same way, 1 opposite.</summary>
    public static double AngularDistance(double cosine) => Math.Acos(Math.Clamp(cosine, -1, 1)) / Math.PI;

    private static Answer<double> Known(ReadOnlySpan<float> u, ReadOnlySpan<float> v)
    {
        var (dots, ones, others) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        var wideU = MemoryMarshal.Cast<float, Vector<float>>(u);
        var wideV = MemoryMarshal.Cast<float, Vector<float>>(v);
        for (var i = 0; i < wideU.Length; i++)
        {
            Vector.Widen(wideU[i], out var lowU, out var highU);
            Vector.Widen(wideV[i], out var lowV, out var highV);
            dots += (lowU * lowV) + (highU * highV);
            ones += (lowU * lowU) + (highU * highU);
            others += (lowV * lowV) + (highV * highV);
        }

        var (dot, one, other) = (Vector.Sum(dots), Vector.Sum(ones), Vector.Sum(others));
        for (var i = wideU.Length * Vector<float>.Count; i < u.Length; i++)
        {
            dot += (double)u[i] * v[i];
            one += (double)u[i] * u[i];
            other += (double)v[i] * v[i];
        }

        return Of(dot, one, other);
    }

    private static Answer<double> Of(double dot, double one, double other) =>
        !double.IsFinite(dot) || !double.IsFinite(one) || !double.IsFinite(other)
            ? new Lack(LackKind.NotANumber, "a vector holds a value that is not a finite number")
        : one == 0 || other == 0 ? Lack.NotDefined("a vector of zeros has no direction")
        : Math.Clamp(dot / Math.Sqrt(one) / Math.Sqrt(other), -1, 1);
}
