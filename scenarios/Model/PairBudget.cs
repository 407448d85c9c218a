using System.Globalization;

namespace ChaosBench.Scenarios.Model;

/// <summary>
/// How far an A/B run may go on until its comparisons are decided: a time that both versions together may have the traffic after the
/// warm-up, or a number of pairs of blocks. Exactly one of the two is given.
/// </summary>
public sealed record PairBudget(TimeSpan? Time, int? Pairs)
{
    /// <summary>More pairs than any run has time for.</summary>
    public const int MostPairs = 100_000;

    /// <summary>As it would be written: <c>10m</c>, <c>300 pairs</c>.</summary>
    public override string ToString() => Pairs is { } pairs
        ? string.Create(CultureInfo.InvariantCulture, $"{pairs} pairs")
        : string.Create(CultureInfo.InvariantCulture, $"{Time!.Value.TotalSeconds:0.###}s");
}
