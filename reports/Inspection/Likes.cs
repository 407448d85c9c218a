using System.Text;

namespace ChaosBench.Reports.Inspection;

/// <summary>
/// Texts that are the same but for case and white space, and texts that are nearly the same: Jaccard likeness of runs of 5 characters, found by
/// MinHash in bands (Broder 1997) and then checked exactly.
/// </summary>
internal static class Likes
{
    private const int Run = 5;
    private const int Hashes = 64;
    private const int Rows = 4;

    /// <summary>From here on two prompts are nearly the same.</summary>
    public const double Near = 0.8;

    /// <summary>Characters of a prompt that are looked at, and pairs of one bucket.</summary>
    private const int MostChars = 8_000;
    private const int MostPairs = 200;

    public static string Normal(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var letter in text.Normalize(NormalizationForm.FormC).Trim())
        {
            var isSpace = char.IsWhiteSpace(letter);
            if (!isSpace || normal[^1] != ' ')
            {
                normal.Append(isSpace ? ' ' : char.ToLowerInvariant(letter));
            }
        }

        return normal.ToString();
    }

    /// <summary>Places of texts that are nearly an earlier one, each once.</summary>
    /// <param name="texts">Normal, all different.</param>
    public static IReadOnlyList<int> NearDuplicates(IReadOnlyList<string> texts)
    {
        var shingles = texts.Select(Shingles).ToList();
        var buckets = new Dictionary<(int Band, ulong Key), List<int>>();
        var near = new SortedSet<int>();
        for (var at = 0; at < texts.Count; at++)
        {
            if (shingles[at].Length == 0)
            {
                continue;
            }

            var signature = Signature(shingles[at]);
            for (var band = 0; band < Hashes / Rows; band++)
            {
                var key = signature.AsSpan(band * Rows, Rows).ToArray().Aggregate(0UL, (sum, hash) => unchecked((sum * 0x100000001B3UL) ^ hash));
                if (!buckets.TryGetValue((band, key), out var bucket))
                {
                    buckets[(band, key)] = bucket = [];
                }

                if (!near.Contains(at) && bucket.Take(MostPairs).Any(other => Jaccard(shingles[at], shingles[other]) >= Near))
                {
                    near.Add(at);
                }

                bucket.Add(at);
            }
        }

        return [.. near];
    }

    /// <summary>Sorted hashes of the runs, each once.</summary>
    private static ulong[] Shingles(string text)
    {
        var runs = new HashSet<ulong>();
        for (var at = 0; at + Run <= Math.Min(text.Length, MostChars); at++)
        {
            var hash = 0xCBF29CE484222325UL;
            foreach (var letter in text.AsSpan(at, Run))
            {
                hash = unchecked((hash ^ letter) * 0x100000001B3UL);
            }

            runs.Add(hash);
        }

        return [.. runs.Order()];
    }

    private static ulong[] Signature(ulong[] shingles)
    {
        var least = new ulong[Hashes];
        Array.Fill(least, ulong.MaxValue);
        foreach (var shingle in shingles)
        {
            for (var number = 0; number < Hashes; number++)
            {
                least[number] = Math.Min(least[number], Mixed(shingle, (ulong)number));
            }
        }

        return least;
    }

    /// <summary>The finisher of SplitMix64: one hash function for each number.</summary>
    private static ulong Mixed(ulong value, ulong number)
    {
        unchecked
        {
            var z = value + ((number + 1) * 0x9E3779B97F4A7C15UL);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    private static double Jaccard(ulong[] first, ulong[] second)
    {
        var (i, j, common) = (0, 0, 0);
        while (i < first.Length && j < second.Length)
        {
            common += first[i] == second[j] ? 1 : 0;
            var (left, right) = (first[i], second[j]);
            i += left <= right ? 1 : 0;
            j += right <= left ? 1 : 0;
        }

        return (double)common / (first.Length + second.Length - common);
    }
}
