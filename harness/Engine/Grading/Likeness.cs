using System.Diagnostics;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Engine.Grading;

/// <summary>
/// How like two texts are, 0 to 1, by what they have in common on the surface. Words are what white space separates, as they are
/// written; counts are clipped, nothing is stemmed.
/// </summary>
internal static class Likeness
{
    /// <summary>Words or characters of one text that are compared; the worst pair takes some milliseconds.</summary>
    public const int MostParts = 16_384;

    private const double Beta = 2;
    private const int ChrfOrder = 6;
    private const int BleuOrder = 4;

    /// <summary>Null when a text is too long.</summary>
    public static double? Of(MetricId measure, string candidate, string reference)
    {
        if (candidate.Length > MostParts || reference.Length > MostParts)
        {
            return null;
        }

        return measure switch
        {
            MetricId.Rouge1 => RougeN(Words(candidate), Words(reference), 1),
            MetricId.Rouge2 => RougeN(Words(candidate), Words(reference), 2),
            MetricId.RougeL => RougeL(Words(candidate), Words(reference)),
            MetricId.Bleu => Bleu(Words(candidate), Words(reference)),
            MetricId.Chrf => Chrf(candidate, reference),
            MetricId.Levenshtein => Edits(candidate, reference),
            _ => throw new UnreachableException($"{measure} is no likeness"),
        };
    }

    /// <summary>F1 of clipped n-grams (Lin 2004).</summary>
    internal static double RougeN(string[] candidate, string[] reference, int order)
    {
        if (candidate.Length < order && reference.Length < order)
        {
            return candidate.SequenceEqual(reference) ? 1 : 0;
        }

        var (mine, theirs) = (Grams(candidate, order), Grams(reference, order));
        return F(Common(mine, theirs), Math.Max(0, candidate.Length - order + 1), Math.Max(0, reference.Length - order + 1), 1);
    }

    /// <summary>F1 of the longest common subsequence of words (Lin 2004), sentence level.</summary>
    internal static double RougeL(string[] candidate, string[] reference) =>
        F(BitParallel.CommonSubsequence(candidate, reference), candidate.Length, reference.Length, 1);

    /// <summary>
    /// Geometric mean of the clipped precisions of 1 to 4 words with add-one smoothing from 2 words on (Lin and Och 2004), times the
    /// brevity penalty (Papineni et al. 2002). Without smoothing one short sentence is nearly always 0.
    /// </summary>
    internal static double Bleu(string[] candidate, string[] reference)
    {
        if (candidate.Length == 0 || reference.Length == 0)
        {
            return candidate.Length == reference.Length ? 1 : 0;
        }

        var logarithms = 0.0;
        for (var order = 1; order <= BleuOrder; order++)
        {
            var smooth = order == 1 ? 0 : 1;
            var all = Math.Max(0, candidate.Length - order + 1) + smooth;
            var hits = Common(Grams(candidate, order), Grams(reference, order)) + smooth;
            if (hits == 0)
            {
                return 0;
            }

            logarithms += Math.Log((double)hits / all) / BleuOrder;
        }

        var brevity = candidate.Length >= reference.Length ? 1 : Math.Exp(1 - ((double)reference.Length / candidate.Length));
        return brevity * Math.Exp(logarithms);
    }

    /// <summary>
    /// chrF2 (Popovic 2015): means over 1 to 6 characters of precision and of recall, white space left out, recall weighted twice.
    /// Orders that neither text is long enough for do not count.
    /// </summary>
    internal static double Chrf(string candidate, string reference)
    {
        var (mine, theirs) = (WithoutSpace(candidate), WithoutSpace(reference));
        var (precision, recall, orders) = (0.0, 0.0, 0);
        for (var order = 1; order <= ChrfOrder; order++)
        {
            var (given, wanted) = (mine.Length - order + 1, theirs.Length - order + 1);
            if (given <= 0 && wanted <= 0)
            {
                continue;
            }

            orders++;
            if (given > 0 && wanted > 0)
            {
                var hits = Common(Grams(mine, order), Grams(theirs, order));
                (precision, recall) = (precision + ((double)hits / given), recall + ((double)hits / wanted));
            }
        }

        if (orders == 0)
        {
            return 1;
        }

        (precision, recall) = (precision / orders, recall / orders);
        return precision + recall == 0 ? 0 : (1 + (Beta * Beta)) * precision * recall / ((Beta * Beta * precision) + recall);
    }

    private static double Edits(string candidate, string reference)
    {
        var longer = Math.Max(candidate.Length, reference.Length);
        return longer == 0 ? 1 : 1 - ((double)BitParallel.EditDistance(candidate, reference) / longer);
    }

    /// <summary>Both empty is the same; one empty has nothing in common.</summary>
    private static double F(int hits, int given, int wanted, double beta)
    {
        if (given == 0 || wanted == 0)
        {
            return given == wanted ? 1 : 0;
        }

        var (precision, recall) = ((double)hits / given, (double)hits / wanted);
        return hits == 0 ? 0 : (1 + (beta * beta)) * precision * recall / ((beta * beta * precision) + recall);
    }

    internal static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static string WithoutSpace(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));

    private static Dictionary<string, int> Grams(string[] words, int order)
    {
        var grams = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at + order <= words.Length; at++)
        {
            var gram = order == 1 ? words[at] : string.Join(' ', words, at, order);
            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }

        return grams;
    }

    /// <summary>Six UTF-16 units fit into one number.</summary>
    private static Dictionary<UInt128, int> Grams(string text, int order)
    {
        var grams = new Dictionary<UInt128, int>();
        for (var at = 0; at + order <= text.Length; at++)
        {
            var gram = UInt128.Zero;
            foreach (var letter in text.AsSpan(at, order))
            {
                gram = (gram << 16) | letter;
            }

            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }

        return grams;
    }

    private static int Common<T>(Dictionary<T, int> mine, Dictionary<T, int> theirs)
        where T : notnull => mine.Sum(gram => Math.Min(gram.Value, theirs.GetValueOrDefault(gram.Key)));
}

/// <summary>Dynamic programming on sequences, 64 cells at a time.</summary>
internal static class BitParallel
{
    private const int Bits = 64;

    /// <summary>Length of the longest common subsequence (Hyyrö 2004).</summary>
    public static int CommonSubsequence(string[] first, string[] second)
    {
        var (places, blocks) = Places(first);
        var row = new ulong[blocks];
        Array.Fill(row, ulong.MaxValue);
        foreach (var word in second)
        {
            if (!places.TryGetValue(word, out var found))
            {
                continue;
            }

            var carry = 0UL;
            for (var block = 0; block < blocks; block++)
            {
                var (old, hit) = (row[block], row[block] & found[block]);
                var sum = unchecked(old + hit + carry);
                carry = sum < old || (carry == 1 && sum == old) ? 1UL : 0UL;
                row[block] = sum | (old & ~found[block]);
            }
        }

        var common = 0;
        for (var at = 0; at < first.Length; at++)
        {
            common += (row[at / Bits] >> (at % Bits) & 1) == 0 ? 1 : 0;
        }

        return common;
    }

    /// <summary>Insertions, deletions and replacements of UTF-16 units (Myers 1999, in blocks as in Hyyrö 2003).</summary>
    public static int EditDistance(string first, string second)
    {
        if (first.Length == 0 || second.Length == 0)
        {
            return Math.Max(first.Length, second.Length);
        }

        var (places, blocks) = Places(first.ToCharArray());
        var (plus, minus) = (new ulong[blocks], new ulong[blocks]);
        Array.Fill(plus, ulong.MaxValue);
        var none = new ulong[blocks];
        var (distance, last) = (first.Length, 1UL << ((first.Length - 1) % Bits));
        foreach (var letter in second)
        {
            var found = places.GetValueOrDefault(letter, none);
            var (plusIn, minusIn) = (1UL, 0UL);
            for (var block = 0; block < blocks; block++)
            {
                var (up, down, hit) = (plus[block], minus[block], found[block]);
                var vertical = hit | down;
                hit |= minusIn;
                var diagonal = unchecked((((hit & up) + up) ^ up) | hit);
                var (horizontalUp, horizontalDown) = (down | ~(diagonal | up), up & diagonal);
                if (block == blocks - 1)
                {
                    distance += (horizontalUp & last) != 0 ? 1 : (horizontalDown & last) != 0 ? -1 : 0;
                }

                var (plusOut, minusOut) = (horizontalUp >> (Bits - 1), horizontalDown >> (Bits - 1));
                horizontalUp = (horizontalUp << 1) | plusIn;
                horizontalDown = (horizontalDown << 1) | minusIn;
                plus[block] = horizontalDown | ~(vertical | horizontalUp);
                minus[block] = horizontalUp & vertical;
                (plusIn, minusIn) = (plusOut, minusOut);
            }
        }

        return distance;
    }

    /// <summary>For each symbol, a bit at every place where it stands.</summary>
    private static (Dictionary<T, ulong[]> Places, int Blocks) Places<T>(T[] sequence)
        where T : notnull
    {
        var blocks = (sequence.Length + Bits - 1) / Bits;
        var places = new Dictionary<T, ulong[]>();
        for (var at = 0; at < sequence.Length; at++)
        {
            if (!places.TryGetValue(sequence[at], out var bits))
            {
                places[sequence[at]] = bits = new ulong[blocks];
            }

            bits[at / Bits] |= 1UL << (at % Bits);
        }

        return (places, blocks);
    }
}
