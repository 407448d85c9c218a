using System.Text;

namespace ChaosBench.Reports.Statistics.Texts;

/// <summary>
/// How many characters must be inserted, left out or replaced to turn one text into the other (Levenshtein 1966), by Wagner and Fischer's
/// table one row at a time. A character is a Unicode scalar value.
/// </summary>
public static class Levenshtein
{
    /// <summary>Time goes with the product of lengths; this is about a second.</summary>
    public const long MostCells = 400_000_000;

    public static Answer<int> Distance(string one, string other)
    {
        var (a, b) = (Runes(one), Runes(other));
        if ((long)a.Length * b.Length > MostCells)
        {
            return Lack.NotDefined($"texts of {a.Length} and {b.Length} characters are too long to compare character by character");
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, corner + (a[i - 1] == b[j - 1] ? 0 : 1));
                corner = above;
            }
        }

        return row[^1];
    }

    /// <summary>1 - distance over the longer length; 1 of two empty texts.</summary>
    public static Answer<double> Similarity(string one, string other) => Distance(one, other).Then<double>(distance =>
    {
        var longest = Math.Max(Runes(one).Length, Runes(other).Length);
        return longest == 0 ? 1 : 1 - ((double)distance / longest);
    });

    private static Rune[] Runes(string text) => [.. text.EnumerateRunes()];
}
