using System.Globalization;

namespace ChaosBench.Reports.Statistics.Texts;

/// <summary>
/// Overlap of runs of 1 to 6 characters without white space (Popović, chrF: character n-gram F-score, 2015): mean precision and mean recall
/// over the lengths that both texts have, recall weighted β = 2 times. Characters are text elements, so that no surrogate pair is split.
/// </summary>
public static class ChrF
{
    private const int Longest = 6;

    /// <returns>0 to 100.</returns>
    public static Answer<double> Of(string candidate, string reference, double beta = 2)
    {
        var (mine, theirs) = (Elements(candidate), Elements(reference));
        var lengths = Math.Min(Longest, Math.Min(mine.Length, theirs.Length));
        if (lengths == 0)
        {
            return Lack.NotEnough("an empty text has no characters to compare");
        }

        var (precision, recall) = (0.0, 0.0);
        for (var n = 1; n <= lengths; n++)
        {
            double shared = Overlap.Shared(Overlap.Grams(mine, n, ""), Overlap.Grams(theirs, n, ""));
            precision += shared / (mine.Length - n + 1) / lengths;
            recall += shared / (theirs.Length - n + 1) / lengths;
        }

        return 100 * new Overlap(precision, recall).Weighted(beta);
    }

    private static string[] Elements(string text)
    {
        var elements = new List<string>();
        var walk = StringInfo.GetTextElementEnumerator(text);
        while (walk.MoveNext())
        {
            if (!string.IsNullOrWhiteSpace(walk.GetTextElement()))
            {
                elements.Add(walk.GetTextElement());
            }
        }

        return [.. elements];
    }
}
