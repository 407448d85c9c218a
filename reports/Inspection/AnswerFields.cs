using System.Text;
using System.Text.Json;

namespace ChaosBench.Reports.Inspection;

/// <summary>
/// Fields of a file that other tools keep the right answer in. A scenario reads <c>expected</c> alone: what others hold is often a whole
/// derivation that no answer equals.
/// </summary>
internal static class AnswerFields
{
    private const int Looked = 64 << 10;

    private static readonly HashSet<string> Usual = new(StringComparer.OrdinalIgnoreCase)
    {
        "answer", "answers", "target", "ideal", "label", "reference", "gold", "solution", "canonical_solution", "completion", "response",
    };

    /// <summary>Names in the order of the file; empty where there are none, or it is no JSON, JSON lines or CSV with a header.</summary>
    public static IReadOnlyList<string> In(byte[] file)
    {
        var start = file.AsSpan(0, Math.Min(file.Length, Looked));
        var text = Encoding.UTF8.GetString(start).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        return text.Length == 0 ? [] : text[0] is '{' or '[' ? InJson(start) : InHeader(text);
    }

    private static List<string> InJson(ReadOnlySpan<byte> start)
    {
        var found = new List<string>();
        var reader = new Utf8JsonReader(
            start.StartsWith(Encoding.UTF8.Preamble) ? start[3..] : start,
            isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.GetString() is { } name && Usual.Contains(name) && !found.Contains(name))
                {
                    found.Add(name);
                }
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // What was found before it is a hint all the same.
        }

        return found;
    }

    private static List<string> InHeader(string text)
    {
        var line = text.AsSpan(0, text.IndexOfAny(['\r', '\n']) is >= 0 and var end ? end : text.Length).ToString();
        return !line.Contains(',', StringComparison.Ordinal) ? []
            : [.. line.Split(',').Select(name => name.Trim(' ', '"')).Where(Usual.Contains).Distinct(StringComparer.Ordinal)];
    }
}
