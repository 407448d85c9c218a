using System.Buffers;

namespace ChaosBench.Engine;

/// <summary>Makes text from outside fit for a journal line: no control characters, bounded.</summary>
internal static class OneLine
{
    public const int DefaultLength = 200;

    private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(letter => (char)letter)]);

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text, int maxLength = DefaultLength)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length <= maxLength && !text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        var kept = text.Length <= maxLength ? text : string.Concat(text.AsSpan(0, maxLength - 3), "...");
        return string.Create(kept.Length, kept, static (span, source) =>
        {
            for (var at = 0; at < span.Length; at++)
            {
                // Lone surrogates would not survive UTF-8; U+2028 and U+2029 break lines in JavaScript.
                var letter = source[at];
                span[at] = char.IsControl(letter) || char.IsSurrogate(letter) || letter is '\u2028' or '\u2029' ? ' ' : letter;
            }
        });
    }
}
