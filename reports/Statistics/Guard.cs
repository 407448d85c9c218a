namespace ChaosBench.Reports.Statistics;

/// <summary>What is asked of samples before anything is calculated. Null: they will do.</summary>
internal static class Guard
{
    /// <summary>Every value finite, and enough of them.</summary>
    public static Lack? Finite(ReadOnlySpan<double> values, int least, string name = "sample")
    {
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
            {
                return new Lack(LackKind.NotANumber, $"the {name} holds {value}, which has no place in this formula");
            }
        }

        return Enough(values.Length, least, name);
    }

    /// <summary>No NaN, and enough values; infinity is a value like others.</summary>
    public static Lack? Ordered(ReadOnlySpan<double> values, int least, string name = "sample")
    {
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                return new Lack(LackKind.NotANumber, $"the {name} holds a value that is not a number");
            }
        }

        return Enough(values.Length, least, name);
    }

    public static Lack? BothFinite(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int least) =>
        Finite(x, least, "first sample") ?? Finite(y, least, "second sample");

    public static Lack? BothOrdered(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int least) =>
        Ordered(x, least, "first sample") ?? Ordered(y, least, "second sample");

    /// <summary>Values that belong together by place.</summary>
    public static Lack? Paired(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int least) =>
        x.Length != y.Length ? Lack.NotDefined($"{x.Length} values do not pair with {y.Length}") : BothFinite(x, y, least);

    /// <summary>Counts are whole and not negative, and parts are no larger than the whole.</summary>
    public static Lack? Count(long part, long whole, string name = "count") =>
        part < 0 || part > whole ? Lack.NotDefined($"{part} of {whole} is no {name}")
        : whole == 0 ? Lack.NotEnough($"a {name} of nothing says nothing")
        : null;

    public static void Share(double probability, string name)
    {
        if (!(probability > 0 && probability < 1))
        {
            throw new ArgumentOutOfRangeException(name, probability, "must lie between 0 and 1");
        }
    }

    private static Lack? Enough(int count, int least, string name) => count >= least ? null
        : Lack.NotEnough($"the {name} has {count} value{(count == 1 ? "" : "s")} and this takes at least {least}");
}
