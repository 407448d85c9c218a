using System.Globalization;
using System.Text;

namespace ChaosBench.Scenarios.Files;

/// <summary>One thing wrong in a scenario file or on the command line, with its remedy.</summary>
/// <param name="File">The file as the user named it, or the option (<c>--set targets.stable.model</c>).</param>
/// <param name="Line">From 1; 0 when there is no place in a file.</param>
/// <param name="Column">From 1; 0 when there is no place in a file.</param>
/// <param name="Wrong">What is wrong. Values from the file are quoted, cut and free of control characters.</param>
/// <param name="Right">What would be right.</param>
public sealed record Problem(string File, int Line, int Column, string Wrong, string Right)
{
    public override string ToString() => Line == 0
        ? $"{File}: {Wrong}; {Right}"
        : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Wrong}; {Right}");
}

/// <summary>A flaw in one piece of text, before it is known where that text stands.</summary>
/// <param name="Offset">Characters from the start of the text.</param>
internal sealed record Flaw(string Wrong, string Right, int Offset = 0);

/// <summary>A value, or what is wrong with the text that should have been one.</summary>
internal readonly record struct Parsed<T>(T Value, Flaw? Flaw = null)
{
    public static implicit operator Parsed<T>(T value) => new(value);

    public static implicit operator Parsed<T>(Flaw flaw) => new(default!, flaw);
}

/// <summary>Shows text of the file inside a message.</summary>
internal static class Shown
{
    private const int Longest = 60;

    /// <summary>In single quotes, on one line, cut; control and direction characters as code points.</summary>
    public static string Quoted(string text) => $"'{Plain(text)}'";

    public static string Plain(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= Longest)
            {
                return shown.Append('…').ToString();
            }

            if (IsInvisible(rune))
            {
                shown.Append(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>");
            }
            else
            {
                shown.Append(rune);
            }
        }

        return shown.ToString();
    }

    /// <summary><c>a, b or c</c>.</summary>
    public static string Or(IEnumerable<string> names)
    {
        var all = names.ToList();
        return all.Count < 2 ? string.Concat(all) : $"{string.Join(", ", all[..^1])} or {all[^1]}";
    }

    /// <summary>Characters that a reader of the file or of a message cannot see, or that reorder what is seen.</summary>
    public static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned;
}
