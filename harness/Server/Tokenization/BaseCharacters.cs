using System.Text;

namespace ChaosBench.Server.Tokenization;

/// <summary>
/// Characters without their accents: canonical decomposition (NFD), nonspacing marks left out. From a table of Unicode 14, because
/// in a program of invariant globalization, as this one is, <see cref="string.Normalize()"/> decomposes nothing.
/// </summary>
internal static class BaseCharacters
{
    private const int HangulFirst = 0xAC00, HangulLast = 0xD7A3, Vowels = 21, Trails = 28;

    private static readonly Lazy<Dictionary<Rune, string>> Table = new(Read);

    /// <summary>Appends what is left of a character that is no nonspacing mark itself.</summary>
    public static void Append(Rune rune, StringBuilder output)
    {
        if (rune.Value is >= HangulFirst and <= HangulLast)
        {
            // A syllable is two or three letters: Unicode chapter 3.12.
            var (rest, trail) = Math.DivRem(rune.Value - HangulFirst, Trails);
            var (lead, vowel) = Math.DivRem(rest, Vowels);
            output.Append((char)(0x1100 + lead)).Append((char)(0x1161 + vowel));
            if (trail > 0)
            {
                output.Append((char)(0x11A7 + trail));
            }
        }
        else if (!rune.IsAscii && Table.Value.TryGetValue(rune, out var bare))
        {
            output.Append(bare);
        }
        else
        {
            output.Append(rune.ToString());
        }
    }

    private static Dictionary<Rune, string> Read()
    {
        using var stream = typeof(BaseCharacters).Assembly.GetManifestResourceStream("BaseCharacters.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var table = new Dictionary<Rune, string>();
        foreach (var line in reader.ReadToEnd().TrimEnd('\n').Split('\n'))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            foreach (var rune in line[(tab + 1)..].EnumerateRunes())
            {
                table.Add(rune, line[..tab]);
            }
        }

        return table;
    }
}
