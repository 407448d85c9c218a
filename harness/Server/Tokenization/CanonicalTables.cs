using System.Globalization;
using System.Text;

namespace ChaosBench.Server.Tokenization;

/// <summary>What <see cref="CanonicalForm"/> looks up. The script that writes the file is among the fixtures of the tests.</summary>
internal sealed record CanonicalTables
{
    public Dictionary<Rune, Rune[]> Decompositions { get; } = [];

    public Dictionary<(Rune First, Rune Second), Rune> Pairs { get; } = [];

    /// <summary>Canonical combining classes above 0.</summary>
    public Dictionary<Rune, byte> Classes { get; } = [];

    public static CanonicalTables Read()
    {
        using var stream = typeof(CanonicalTables).Assembly.GetManifestResourceStream("CanonicalForms.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var tables = new CanonicalTables();
        foreach (var line in reader.ReadToEnd().TrimEnd('\n').Split('\n'))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            tables.Add(line[0], line[1..tab], line[(tab + 1)..].EnumerateRunes().ToArray());
        }

        return tables;
    }

    private void Add(char kind, string key, Rune[] characters)
    {
        var runes = key.EnumerateRunes().ToArray();
        foreach (var character in characters)
        {
            switch (kind)
            {
                case 'D':
                    Decompositions.Add(character, runes);
                    break;
                case 'P':
                    Pairs.Add((runes[0], runes[1]), character);
                    break;
                case 'C':
                    Classes.Add(character, byte.Parse(key, CultureInfo.InvariantCulture));
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException(kind.ToString());
            }
        }
    }
}
