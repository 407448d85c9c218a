using System.Text.RegularExpressions;

namespace ChaosBench.Scenarios.Files.Gates;

/// <summary>The words of a gate, left to right.</summary>
internal sealed partial class GateText(string text)
{
    private readonly List<Word> _words = [.. Words().Matches(text).Select(match => new Word(match.Value, match.Index))];
    private int _next;

    public string Text => text;
    public Word? Peek => _next < _words.Count ? _words[_next] : null;
    public int End => text.Length;

    /// <exception cref="GateException">The text ends here.</exception>
    public Word Take(string expected, string example) =>
        _next < _words.Count ? _words[_next++]
            : throw new GateException($"the text ends where {expected} belongs", $"write it like {example}", End);

    public bool TryTake(string word)
    {
        var found = Peek?.Text == word;
        _next += found ? 1 : 0;
        return found;
    }

    [GeneratedRegex(@"[<>]=?|=+|[≤≥≦≧]|[^\s<>≤≥≦≧]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}

/// <param name="At">Characters from the start of the text.</param>
internal sealed record Word(string Text, int At);

/// <summary>Leaves the parser; never leaves <see cref="GateParser"/>.</summary>
internal sealed class GateException(string wrong, string right, int at) : Exception(wrong)
{
    public Flaw Flaw => new(Message, right, at);
}
