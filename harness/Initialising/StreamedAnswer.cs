using System.Text;
using System.Text.Json;

namespace ChaosBench.Harness.Initialising;

/// <summary>What a reply to a question for an answer turned out to be.</summary>
/// <param name="Events">Events with text. 0: it came whole, or not at all.</param>
/// <param name="Text">The answer.</param>
/// <param name="IsWhole">A whole answer in one JSON document.</param>
/// <param name="HasEnd">The stream ended with <c>[DONE]</c>.</param>
/// <param name="HasUsage">Tokens were counted.</param>
/// <param name="HasLogProbs">Log probabilities came along.</param>
/// <param name="Broken">Events that are no JSON.</param>
internal sealed record StreamedAnswer(
    int Events, string Text, bool IsWhole, bool HasEnd, bool HasUsage, bool HasLogProbs, int Broken)
{
    public bool IsAnswer => IsWhole || Events > 0 || HasEnd;

    public static StreamedAnswer Read(Reply reply)
    {
        var lines = reply.Text.ReplaceLineEndings("\n").Split('\n')
            .Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line[5..].Trim()).ToList();
        var whole = lines.Count == 0;
        var text = new StringBuilder();
        var (events, broken, answered, end, usage, logProbs) = (0, 0, false, false, false, false);
        foreach (var line in whole ? [reply.Text] : lines)
        {
            if (line == "[DONE]")
            {
                end = true;
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 32 });
                usage |= Member(document.RootElement, "usage").ValueKind == JsonValueKind.Object;
                var choices = Member(document.RootElement, "choices");
                var first = choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0 ? choices[0] : default;
                var piece = PieceOf(first);
                answered |= first.ValueKind == JsonValueKind.Object;
                logProbs |= Member(first, "logprobs").ValueKind == JsonValueKind.Object;
                events += piece.Length > 0 && !whole ? 1 : 0;
                text.Append(piece);
            }
            catch (JsonException)
            {
                broken++;
            }
        }

        return new StreamedAnswer(events, text.ToString(), whole && answered, end, usage, logProbs, broken);
    }

    private static string PieceOf(JsonElement choice)
    {
        foreach (var place in new[] { Member(Member(choice, "delta"), "content"), Member(Member(choice, "message"), "content"),
            Member(choice, "text") })
        {
            if (place.ValueKind == JsonValueKind.String)
            {
                return place.GetString() ?? "";
            }
        }

        return "";
    }

    internal static JsonElement Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : default;
}
