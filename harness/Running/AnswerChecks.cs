using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Running;

/// <summary>What can be told of one answer by itself. Strict on purpose: a hard fail that is none would be worse than a missed one.</summary>
internal static class AnswerChecks
{
    /// <summary>
    /// The answer is a proper beginning of the known one, and the server said that it had come to its end (<c>stop</c>). An answer cut by
    /// its token limit says <c>length</c>, and a stream that breaks off says nothing: neither claims to be whole.
    /// </summary>
    public static bool IsPartial(string output, string? expected, GraderKind grader, string? finishReason)
    {
        if (expected is null || finishReason != "stop" || grader is not (GraderKind.Exact or GraderKind.JsonFields))
        {
            return false;
        }

        var (known, said) = (expected.Trim(), output.Trim());
        return said.Length > 0 && said.Length < known.Length && known.StartsWith(said, StringComparison.Ordinal);
    }

    /// <summary>
    /// Index of a bare NaN or Infinity in an answer that is JSON, or of one that is an answer's only word. Null: none. Prose may speak of NaN.
    /// </summary>
    public static int? NotANumber(string output)
    {
        var text = output.AsSpan().Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        if (text[0] is not ('{' or '['))
        {
            return IsWord(text.TrimStart('-')) ? output.IndexOf(text[0], StringComparison.Ordinal) : null;
        }

        var (quoted, word) = (false, -1);
        for (var at = 0; at <= output.Length; at++)
        {
            var letter = at < output.Length ? output[at] : ' ';
            if (quoted)
            {
                at += letter == '\\' ? 1 : 0;
                quoted = letter != '"';
                continue;
            }

            if (char.IsAsciiLetter(letter))
            {
                word = word < 0 ? at : word;
                continue;
            }

            if (word >= 0 && IsWord(output.AsSpan(word, at - word)))
            {
                return word;
            }

            (word, quoted) = (-1, letter == '"');
        }

        return null;
    }

    private static bool IsWord(ReadOnlySpan<char> word) =>
        word.Equals("nan", StringComparison.OrdinalIgnoreCase) || word.Equals("infinity", StringComparison.OrdinalIgnoreCase)
        || word.Equals("inf", StringComparison.OrdinalIgnoreCase);
}
