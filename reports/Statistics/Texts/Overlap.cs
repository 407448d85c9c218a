namespace ChaosBench.Reports.Statistics.Texts;

/// <summary>Shared parts of two texts: precision of the candidate, recall of the reference, and F1, each 0 to 1.</summary>
public readonly record struct Overlap(double Precision, double Recall)
{
    /// <summary>2PR/(P + R); 0 when both are.</summary>
    public double F => Weighted(1);

    /// <summary>(1 + β²)PR/(β²P + R): β times as much weight on recall.</summary>
    public double Weighted(double beta)
    {
        var square = beta * beta;
        return Precision + Recall == 0 ? 0 : (1 + square) * Precision * Recall / ((square * Precision) + Recall);
    }

    /// <summary>Counts of neighbours of one length, as text.</summary>
    internal static Dictionary<string, int> Grams(IReadOnlyList<string> parts, int length, string between)
    {
        var grams = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i + length <= parts.Count; i++)
        {
            var gram = string.Join(between, parts.Skip(i).Take(length));
            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }

        return grams;
    }

    /// <summary>Grams in common, each no more often than in either.</summary>
    internal static int Shared(Dictionary<string, int> one, Dictionary<string, int> other) =>
        one.Sum(gram => Math.Min(gram.Value, other.GetValueOrDefault(gram.Key)));

    internal static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
