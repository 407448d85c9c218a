using System.Text.RegularExpressions;

namespace ChaosBench.Reports.Provenance;

/// <summary>
/// A licence expression as annex B of the SPDX specification (version 2.3 and 3) writes it: <c>MIT</c>, <c>GPL-2.0+</c>,
/// <c>GPL-2.0-only WITH Classpath-exception-2.0</c>, <c>Apache-2.0 AND (MIT OR BSD-3-Clause)</c>. WITH binds closest, then AND,
/// then OR.
/// </summary>
public abstract partial record SpdxExpression
{
    /// <summary>Deeper or longer ones are no licence but an attack.</summary>
    private const int MostTokens = 400;

    private const int MostDepth = 50;

    private SpdxExpression()
    {
    }

    /// <param name="Id">Without the plus.</param>
    /// <param name="OrLater">Written with a plus behind it.</param>
    /// <param name="Exception">What is behind WITH. Null: nothing.</param>
    public sealed record Licence(string Id, bool OrLater, string? Exception) : SpdxExpression
    {
        public override string ToString() => $"{Id}{(OrLater ? "+" : "")}{(Exception is null ? "" : $" WITH {Exception}")}";
    }

    /// <summary>All of them hold.</summary>
    public sealed record Both(IReadOnlyList<SpdxExpression> Parts) : SpdxExpression
    {
        public override string ToString() => string.Join(" AND ", Parts.Select(part => part is Either
            ? $"({part})" : part.ToString()));
    }

    /// <summary>The one who takes it chooses.</summary>
    public sealed record Either(IReadOnlyList<SpdxExpression> Parts) : SpdxExpression
    {
        public override string ToString() => string.Join(" OR ", Parts);
    }

    /// <returns>Null, and what is wrong with it, where it is none. <c>NONE</c> and <c>NOASSERTION</c> are none: nobody stated
    /// anything.</returns>
    public static (SpdxExpression? Expression, string? Problem) Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new Queue<string>();
        foreach (Match match in Token().Matches(text))
        {
            if (match.Groups["bad"].Success)
            {
                return (null, $"'{match.Value}' is not part of an SPDX expression");
            }

            tokens.Enqueue(match.Value);
            if (tokens.Count > MostTokens)
            {
                return (null, $"more than {MostTokens} words");
            }
        }

        try
        {
            var whole = Alternatives(tokens, 0);
            return tokens.Count == 0 ? (whole, null) : (null, $"'{tokens.Peek()}' comes where AND, OR or the end should");
        }
        catch (FormatException broken)
        {
            return (null, broken.Message);
        }
    }

    private static SpdxExpression Alternatives(Queue<string> tokens, int depth) =>
        Joined(tokens, "OR", () => Conjunction(tokens, depth), parts => new Either(parts));

    private static SpdxExpression Conjunction(Queue<string> tokens, int depth) =>
        Joined(tokens, "AND", () => One(tokens, depth), parts => new Both(parts));

    private static SpdxExpression Joined(
        Queue<string> tokens, string word, Func<SpdxExpression> read, Func<IReadOnlyList<SpdxExpression>, SpdxExpression> join)
    {
        var parts = new List<SpdxExpression> { read() };
        while (tokens.TryPeek(out var next) && IsWord(next, word))
        {
            tokens.Dequeue();
            parts.Add(read());
        }

        return parts.Count == 1 ? parts[0] : join(parts);
    }

    private static SpdxExpression One(Queue<string> tokens, int depth)
    {
        if (!tokens.TryDequeue(out var token))
        {
            throw new FormatException("it ends where a licence should be");
        }

        if (token == "(")
        {
            var inner = depth < MostDepth ? Alternatives(tokens, depth + 1)
                : throw new FormatException($"more than {MostDepth} brackets in each other");
            return tokens.TryDequeue(out var end) && end == ")" ? inner : throw new FormatException("a bracket is not closed");
        }

        if (token == ")" || IsWord(token, "AND") || IsWord(token, "OR") || IsWord(token, "WITH"))
        {
            throw new FormatException($"'{token}' comes where a licence should");
        }

        if (token is "NONE" or "NOASSERTION")
        {
            throw new FormatException($"{token} states no licence");
        }

        return new Licence(token.TrimEnd('+'), token.EndsWith('+'), ExceptionOf(tokens));
    }

    private static string? ExceptionOf(Queue<string> tokens)
    {
        if (!tokens.TryPeek(out var next) || !IsWord(next, "WITH"))
        {
            return null;
        }

        tokens.Dequeue();
        return tokens.TryDequeue(out var exception) && exception is not ("(" or ")")
            ? exception
            : throw new FormatException("WITH is followed by no exception");
    }

    /// <summary>Since version 3 operators may be all lower case, too; mixed case is a licence of a strange name.</summary>
    private static bool IsWord(string token, string word) =>
        token.Equals(word, StringComparison.OrdinalIgnoreCase) && (token.All(char.IsAsciiLetterUpper)
            || token.All(char.IsAsciiLetterLower));

    [GeneratedRegex(@"[()]|[A-Za-z0-9][A-Za-z0-9.:-]*\+?|(?<bad>[^\s]+)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
