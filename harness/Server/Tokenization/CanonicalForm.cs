using System.Text;

namespace ChaosBench.Server.Tokenization;

/// <summary>
/// Unicode normalization forms D and C (Unicode 14, annex 15), from a table: in a program of invariant globalization, as this one
/// is, <see cref="string.Normalize()"/> changes nothing.
/// </summary>
internal static class CanonicalForm
{
    private const int SyllableFirst = 0xAC00, SyllableLast = 0xD7A3;
    private const int LeadFirst = 0x1100, Leads = 19, VowelFirst = 0x1161, Vowels = 21, TrailBase = 0x11A7, Trails = 28;

    // All characters that change or combine are from here on, but for some letters of Latin-1 that only D changes.
    private const char FirstToCompose = '\u0300';
    private const char FirstToDecompose = '\u00C0';

    private static readonly Lazy<CanonicalTables> Tables = new(CanonicalTables.Read);

    /// <summary>Composed: é is one character. Lone surrogates become U+FFFD where anything has to be done.</summary>
    public static string Compose(string text) => text.AsSpan().ContainsAnyInRange(FirstToCompose, char.MaxValue)
        ? Write(Composed(Parts(text)))
        : text;

    /// <summary>Decomposed: é is e and an accent.</summary>
    public static string Decompose(string text) => text.AsSpan().ContainsAnyInRange(FirstToDecompose, char.MaxValue)
        ? Write(Parts(text))
        : text;

    /// <summary>All decomposed, marks in their canonical order.</summary>
    private static List<Rune> Parts(string text)
    {
        var parts = new List<Rune>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= SyllableFirst and <= SyllableLast)
            {
                var (rest, trail) = Math.DivRem(rune.Value - SyllableFirst, Trails);
                var (lead, vowel) = Math.DivRem(rest, Vowels);
                parts.AddRange([new Rune(LeadFirst + lead), new Rune(VowelFirst + vowel)]);
                if (trail > 0)
                {
                    parts.Add(new Rune(TrailBase + trail));
                }
            }
            else if (Tables.Value.Decompositions.TryGetValue(rune, out var whole))
            {
                parts.AddRange(whole);
            }
            else
            {
                parts.Add(rune);
            }
        }

        Order(parts);
        return parts;
    }

    /// <summary>Each run of marks by its class; of one class they keep their order.</summary>
    private static void Order(List<Rune> parts)
    {
        for (var start = 0; start < parts.Count; start++)
        {
            var end = start;
            while (end < parts.Count && ClassOf(parts[end]) > 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                // Not by insertion: a megabyte of marks is hostile, not a text.
                var run = parts.GetRange(start, end - start).OrderBy(ClassOf).ToArray();
                for (var at = 0; at < run.Length; at++)
                {
                    parts[start + at] = run[at];
                }
            }

            start = end;
        }
    }

    /// <summary>Joins each character with the last starter before it, unless something of its class or above stands between.</summary>
    private static List<Rune> Composed(List<Rune> parts)
    {
        var output = new List<Rune>(parts.Count);
        var (starter, between) = (-1, 0);
        foreach (var rune in parts)
        {
            var own = ClassOf(rune);
            var blocked = starter < 0 || (output.Count - 1 > starter && between >= own);
            if (!blocked && Pair(output[starter], rune) is { } joined)
            {
                output[starter] = joined;
                continue;
            }

            output.Add(rune);
            between = own;
            if (own == 0)
            {
                starter = output.Count - 1;
            }
        }

        return output;
    }

    private static Rune? Pair(Rune first, Rune second)
    {
        var (a, b) = (first.Value, second.Value);
        if (a is >= LeadFirst and < LeadFirst + Leads && b is >= VowelFirst and < VowelFirst + Vowels)
        {
            return new Rune(SyllableFirst + ((((a - LeadFirst) * Vowels) + b - VowelFirst) * Trails));
        }

        if (a is >= SyllableFirst and <= SyllableLast && (a - SyllableFirst) % Trails == 0 && b is > TrailBase and < TrailBase + Trails)
        {
            return new Rune(a + b - TrailBase);
        }

        return Tables.Value.Pairs.TryGetValue((first, second), out var joined) ? joined : null;
    }

    private static int ClassOf(Rune rune) => rune.Value < FirstToCompose ? 0 : Tables.Value.Classes.GetValueOrDefault(rune);

    private static string Write(List<Rune> runes)
    {
        var text = new StringBuilder(runes.Count);
        runes.ForEach(rune => text.Append(rune.ToString()));
        return text.ToString();
    }
}
