namespace ChaosBench.Reports.Statistics.Texts;

/// <summary>
/// Recall-oriented overlap (Lin, ROUGE: A Package for Automatic Evaluation of Summaries, 2004): white-space tokens as they are, no stemming,
/// clipped counts.
/// </summary>
public static class Rouge
{
    /// <summary>Longer texts than this have no longest common subsequence here: it takes time with the product of lengths.</summary>
    public const int MostWords = 20_000;

    /// <summary>ROUGE-N: n-grams in common.</summary>
    public static Answer<Overlap> N(string candidate, string reference, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        var (mine, theirs) = (Overlap.Words(candidate), Overlap.Words(reference));
        if (mine.Length < n || theirs.Length < n)
        {
            return Lack.NotEnough($"texts of {mine.Length} and {theirs.Length} words have no runs of {n} to compare");
        }

        var shared = (double)Overlap.Shared(Overlap.Grams(mine, n, " "), Overlap.Grams(theirs, n, " "));
        return new Overlap(shared / (mine.Length - n + 1), shared / (theirs.Length - n + 1));
    }

    /// <summary>ROUGE-L: the longest common subsequence of words.</summary>
    public static Answer<Overlap> L(string candidate, string reference)
    {
        var (mine, theirs) = (Overlap.Words(candidate), Overlap.Words(reference));
        if (mine.Length == 0 || theirs.Length == 0)
        {
            return Lack.NotEnough("an empty text has no words to compare");
        }

        if (Math.Max(mine.Length, theirs.Length) > MostWords)
        {
            return Lack.NotDefined($"more than {MostWords} words");
        }

        var length = (double)Common(mine, theirs);
        return new Overlap(length / mine.Length, length / theirs.Length);
    }

    /// <summary>Length of the longest common subsequence.</summary>
    internal static int Common(string[] one, string[] other)
    {
        var row = new int[other.Length + 1];
        foreach (var word in one)
        {
            var corner = 0;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = word == other[j - 1] ? corner + 1 : Math.Max(row[j], row[j - 1]);
                corner = above;
            }
        }

        return row[^1];
    }
}
