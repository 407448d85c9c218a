namespace ChaosBench.Reports.Statistics.Distances;

/// <summary>
/// How far counts in bins have moved from a reference. Population stability index PSI = Σ (p - q) ln(p/q) = KL(p‖q) + KL(q‖p); with no
/// drift it follows about (1/n + 1/m) χ² with B - 1 degrees (Yurdakul 2018), which gives the threshold that 0.1 and 0.25 only guess.
/// Jensen and Shannon's divergence is that of both from their mean (Lin 1991); its distance is √ of it, in bits.
/// </summary>
/// <param name="KlFromReference">KL(reference ‖ current), nats.</param>
/// <param name="KlFromCurrent">KL(current ‖ reference), nats.</param>
/// <param name="JensenShannon">Nats.</param>
/// <param name="ChiSquared">Of homogeneity, from the raw counts.</param>
/// <param name="NullMean">What PSI is on average without drift.</param>
public sealed record Drift(double Psi, double KlFromReference, double KlFromCurrent, double JensenShannon, double ChiSquared, double NullMean)
{
    public required double Hellinger { get; init; }
    public required double TotalVariation { get; init; }

    /// <summary>Bins that hold anything, less one.</summary>
    public required int Degrees { get; init; }

    /// <summary>Chance of a χ² as large without drift.</summary>
    public required double P { get; init; }

    /// <summary>What PSI stays below without drift, with the confidence that was asked for.</summary>
    public required double Threshold { get; init; }

    public double JensenShannonBits => JensenShannon / Math.Log(2);

    public double JensenShannonDistance => Math.Sqrt(Math.Max(0, JensenShannonBits));

    /// <param name="pseudocount">Added to each bin before shares are taken, p = (c + a)/(n + aB): 1/2 is Jeffreys'. With 0 an empty bin
    /// has no PSI.</param>
    public static Answer<Drift> Of(ReadOnlySpan<long> reference, ReadOnlySpan<long> current, double pseudocount = 0.5, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pseudocount);
        Guard.Share(confidence, nameof(confidence));
        if (Check(reference, current, pseudocount) is { } lack)
        {
            return lack;
        }

        var (p, q) = (Shares(reference, pseudocount), Shares(current, pseudocount));
        var (n, m) = (Sum(reference), Sum(current));
        var (chi, degrees) = Homogeneity(reference, current, n, m);
        var law = (1.0 / n) + (1.0 / m);
        var (forth, back) = (Divergence(p, q), Divergence(q, p));
        var middle = Array.ConvertAll(p.Zip(q).ToArray(), pair => (pair.First + pair.Second) / 2);
        return new Drift(forth + back, forth, back, (Divergence(p, middle) + Divergence(q, middle)) / 2, chi, law * (p.Length - 1))
        {
            Hellinger = Math.Sqrt(p.Zip(q, (a, b) => Square(Math.Sqrt(a) - Math.Sqrt(b))).Sum() / 2),
            TotalVariation = p.Zip(q, (a, b) => Math.Abs(a - b)).Sum() / 2,
            Degrees = degrees,
            P = degrees == 0 ? 1 : 1 - MathNet.Numerics.Distributions.ChiSquared.CDF(degrees, chi),
            Threshold = law * ChiSquaredQuantile(p.Length - 1, confidence),
        };
    }

    /// <summary>Jensen and Shannon's divergence in nats needs no filling of empty bins.</summary>
    public static Answer<double> JensenShannonOf(ReadOnlySpan<long> reference, ReadOnlySpan<long> current)
    {
        if (Check(reference, current, 1) is { } lack)
        {
            return lack;
        }

        var (p, q) = (Shares(reference, 0), Shares(current, 0));
        var middle = Array.ConvertAll(p.Zip(q).ToArray(), pair => (pair.First + pair.Second) / 2);
        return (Divergence(p, middle) + Divergence(q, middle)) / 2;
    }

    private static Lack? Check(ReadOnlySpan<long> reference, ReadOnlySpan<long> current, double pseudocount)
    {
        if (reference.Length != current.Length || reference.Length < 2)
        {
            return Lack.NotDefined($"{reference.Length} and {current.Length} bins; two lists of the same 2 or more are compared");
        }

        var (n, m, empty) = (0L, 0L, false);
        for (var i = 0; i < reference.Length; i++)
        {
            if (reference[i] < 0 || current[i] < 0)
            {
                return Lack.NotDefined("counts are not negative");
            }

            (n, m, empty) = (n + reference[i], m + current[i], empty || reference[i] == 0 || current[i] == 0);
        }

        return n == 0 || m == 0 ? Lack.NotEnough("one of the samples is empty")
            : empty && pseudocount == 0 ? Lack.NotDefined("a bin is empty and nothing is added to it: the index is infinite")
            : null;
    }

    private static (double Chi, int Degrees) Homogeneity(ReadOnlySpan<long> reference, ReadOnlySpan<long> current, long n, long m)
    {
        var (chi, bins) = (0.0, 0);
        for (var i = 0; i < reference.Length; i++)
        {
            double both = reference[i] + current[i];
            if (both > 0)
            {
                var (expectedOne, expectedOther) = (both * n / (n + m), both * m / (n + m));
                chi += (Square(reference[i] - expectedOne) / expectedOne) + (Square(current[i] - expectedOther) / expectedOther);
                bins++;
            }
        }

        return (chi, Math.Max(0, bins - 1));
    }

    private static double[] Shares(ReadOnlySpan<long> counts, double pseudocount)
    {
        var total = Sum(counts) + (pseudocount * counts.Length);
        return Array.ConvertAll(counts.ToArray(), count => (count + pseudocount) / total);
    }

    private static double Divergence(double[] p, double[] q) => p.Zip(q, (a, b) => a == 0 ? 0 : a * Math.Log(a / b)).Sum();

    private static long Sum(ReadOnlySpan<long> counts)
    {
        var sum = 0L;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }

    private static double ChiSquaredQuantile(int degrees, double probability) =>
        MathNet.Numerics.Distributions.ChiSquared.InvCDF(degrees, probability);

    private static double Square(double value) => value * value;
}
