using System.Text;

namespace ChaosBench.Harness.Searching;

/// <summary>A stretch of a clean text and what the damaged one has in its place; alike where nothing was damaged.</summary>
internal sealed record Piece(string Clean, string Worst)
{
    public bool IsEdit => !string.Equals(Clean, Worst, StringComparison.Ordinal);

    public Piece Reverted => new(Clean, Clean);
}

/// <summary>
/// A damaged text as edits of its clean parent, a character each: what delta debugging (Zeller and Hildebrandt 2002) takes apart. By the
/// longest common subsequence, so that what both texts share is no edit.
/// </summary>
internal static class Pieces
{
    /// <summary>Cells of the table; larger differences are one edit.</summary>
    private const long MostCells = 6_000_000;

    public static string Clean(IEnumerable<Piece> pieces) => string.Concat(pieces.Select(piece => piece.Clean));

    public static string Worst(IEnumerable<Piece> pieces) => string.Concat(pieces.Select(piece => piece.Worst));

    /// <summary>Edits of one character each, and what lies between them cut into words.</summary>
    public static List<Piece> Of(string clean, string worst)
    {
        var (left, right) = (Characters(clean), Characters(worst));
        var start = 0;
        while (start < left.Count && start < right.Count && left[start] == right[start])
        {
            start++;
        }

        var end = 0;
        while (end < left.Count - start && end < right.Count - start && left[^(end + 1)] == right[^(end + 1)])
        {
            end++;
        }

        var middle = Middle(left[start..^end], right[start..^end]);
        return [.. Words(string.Concat(left[..start])), .. middle, .. Words(string.Concat(left[^end..]))];
    }

    private static List<Piece> Middle(List<string> left, List<string> right)
    {
        if ((left.Count + 1L) * (right.Count + 1L) > MostCells)
        {
            return [new Piece(string.Concat(left), string.Concat(right))];
        }

        var common = Common(left, right);
        var (pieces, kept, gone, come) = (new List<Piece>(), new StringBuilder(), new List<string>(), new List<string>());
        var (i, j) = (0, 0);
        while (i < left.Count || j < right.Count)
        {
            if (i < left.Count && j < right.Count && left[i] == right[j])
            {
                Close();
                kept.Append(left[i]);
                (i, j) = (i + 1, j + 1);
            }
            else if (j < right.Count && (i == left.Count || common[i, j + 1] >= common[i + 1, j]))
            {
                come.Add(right[j++]);
            }
            else
            {
                gone.Add(left[i++]);
            }
        }

        Close();
        pieces.AddRange(Words(kept.ToString()));
        return pieces;

        void Close()
        {
            if (gone.Count + come.Count == 0)
            {
                return;
            }

            pieces.AddRange(Words(kept.ToString()));
            kept.Clear();
            for (var at = 0; at < Math.Max(gone.Count, come.Count); at++)
            {
                pieces.Add(new Piece(at < gone.Count ? gone[at] : "", at < come.Count ? come[at] : ""));
            }

            gone.Clear();
            come.Clear();
        }
    }

    /// <summary>Length of the longest common subsequence of what is left from each pair of places on.</summary>
    private static ushort[,] Common(List<string> left, List<string> right)
    {
        var common = new ushort[left.Count + 1, right.Count + 1];
        for (var i = left.Count - 1; i >= 0; i--)
        {
            for (var j = right.Count - 1; j >= 0; j--)
            {
                common[i, j] = left[i] == right[j] ? (ushort)(common[i + 1, j + 1] + 1) : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return common;
    }

    /// <summary>Words with the white space after them.</summary>
    private static IEnumerable<Piece> Words(string text)
    {
        var start = 0;
        for (var at = 1; at <= text.Length; at++)
        {
            if (at == text.Length || (char.IsWhiteSpace(text[at - 1]) && !char.IsWhiteSpace(text[at])))
            {
                yield return new Piece(text[start..at], text[start..at]);
                start = at;
            }
        }
    }

    /// <summary>Surrogate pairs stay together, lone ones stand alone.</summary>
    private static List<string> Characters(string text)
    {
        var characters = new List<string>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var isPair = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
            characters.Add(isPair ? text.Substring(at++, 2) : text[at].ToString());
        }

        return characters;
    }
}
