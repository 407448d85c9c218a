using System.Text.RegularExpressions;

namespace ChaosBench.Reports.Html;

/// <summary>What two texts share, word by word: the longest common subsequence of words, spaces and signs.</summary>
internal static partial class WordDiff
{
    /// <summary>Longer texts are compared by their common beginning and end alone; the work grows with the square.</summary>
    private const int MostWords = 600;

    internal enum Side
    {
        Both,
        First,
        Second,
    }

    internal readonly record struct Part(Side Side, string Text);

    /// <summary>Parts in order; neighbours of one side are joined.</summary>
    public static IReadOnlyList<Part> Of(string first, string second)
    {
        var (a, b) = (Words(first), Words(second));
        var head = 0;
        while (head < a.Length && head < b.Length && a[head] == b[head])
        {
            head++;
        }

        var tail = 0;
        while (tail < a.Length - head && tail < b.Length - head && a[^(tail + 1)] == b[^(tail + 1)])
        {
            tail++;
        }

        var parts = new List<Part>();
        Add(parts, Side.Both, a[..head]);
        Middle(parts, a[head..(a.Length - tail)], b[head..(b.Length - tail)]);
        Add(parts, Side.Both, a[(a.Length - tail)..]);
        return parts;
    }

    private static void Middle(List<Part> parts, string[] a, string[] b)
    {
        if (a.Length > MostWords || b.Length > MostWords)
        {
            Add(parts, Side.First, a);
            Add(parts, Side.Second, b);
            return;
        }

        var longest = Table(a, b);
        var (i, j) = (0, 0);
        while (i < a.Length || j < b.Length)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j])
            {
                Add(parts, Side.Both, a[i..(i + 1)]);
                (i, j) = (i + 1, j + 1);
            }
            else if (j == b.Length || (i < a.Length && longest[i + 1, j] >= longest[i, j + 1]))
            {
                Add(parts, Side.First, a[i..(i + 1)]);
                i++;
            }
            else
            {
                Add(parts, Side.Second, b[j..(j + 1)]);
                j++;
            }
        }
    }

    private static int[,] Table(string[] a, string[] b)
    {
        var longest = new int[a.Length + 1, b.Length + 1];
        for (var i = a.Length - 1; i >= 0; i--)
        {
            for (var j = b.Length - 1; j >= 0; j--)
            {
                longest[i, j] = a[i] == b[j] ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);
            }
        }

        return longest;
    }

    private static void Add(List<Part> parts, Side side, string[] words)
    {
        if (words.Length == 0)
        {
            return;
        }

        var text = string.Concat(words);
        if (parts.Count > 0 && parts[^1].Side == side)
        {
            parts[^1] = new Part(side, parts[^1].Text + text);
        }
        else
        {
            parts.Add(new Part(side, text));
        }
    }

    private static string[] Words(string text) => [.. Word().Matches(text).Select(match => match.Value)];

    /// <summary>Surrogates stay with their word, so that no character is cut in half.</summary>
    [GeneratedRegex(@"[\w\uD800-\uDFFF]+|\s+|.", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
