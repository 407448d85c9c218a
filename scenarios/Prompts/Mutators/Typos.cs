using System.Text;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Slips of a typist: swapped, dropped, doubled and neighbouring letters. Numbers, names and short words are left alone.</summary>
internal static class Typos
{
    private const int ShortWord = 4;
    private static readonly string[] Rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

    public static Mutator Mutator { get; } = new(
        "typos", "typos", "Swapped, dropped, doubled and neighbouring letters", KeepsMeaning: true,
        [new("fraction", "share", "10%", "Of the words of four and more lower-case letters")])
    {
        Text = Damage,
    };

    private static string Damage(string text, Mutation mutation)
    {
        var share = mutation.Share("fraction", 0.1);
        var words = Words(text);
        var certain = words.Count == 0 ? -1 : mutation.Random.Next(words.Count);
        var result = new StringBuilder(text.Length + 8);
        var at = 0;
        for (var number = 0; number < words.Count; number++)
        {
            var (start, length) = words[number];
            result.Append(text, at, start - at);
            var word = text.Substring(start, length);
            result.Append(number == certain | mutation.Chance(share) ? Slip(word, mutation) : word);
            at = start + length;
        }

        result.Append(text, at, text.Length - at);
        return words.Count == 0 ? text + "." : result.ToString();
    }

    /// <summary>Runs of lower-case ASCII letters with nothing but blanks or punctuation around: no part of a name, number or link.</summary>
    private static List<(int Start, int Length)> Words(string text)
    {
        var words = new List<(int, int)>();
        var start = 0;
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && !char.IsWhiteSpace(text[at]))
            {
                continue;
            }

            var word = text.AsSpan(start, at - start).TrimEnd(".,;:!?");
            if (word.Length >= ShortWord && !word.ContainsAnyExceptInRange('a', 'z'))
            {
                words.Add((start, word.Length));
            }

            start = at + 1;
        }

        return words;
    }

    private static string Slip(string word, Mutation mutation)
    {
        var at = 1 + mutation.Random.Next(word.Length - 2);
        return mutation.Random.Next(4) switch
        {
            0 when word[at] != word[at + 1] => word[..at] + word[at + 1] + word[at] + word[(at + 2)..],
            1 => word.Remove(at, 1),
            2 => word.Insert(at, Neighbour(word[at], mutation)),
            _ => word.Insert(at, word[at].ToString()),
        };
    }

    private static string Neighbour(char letter, Mutation mutation)
    {
        var row = Rows.First(keys => keys.Contains(letter));
        var at = row.IndexOf(letter, StringComparison.Ordinal);
        var side = at == 0 || (at < row.Length - 1 && mutation.Chance(0.5)) ? 1 : -1;
        return row[at + side].ToString();
    }
}
