using System.Text;
using System.Text.Json;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// What a recorded reply of an OpenAI-compatible service tells: its text and its usage. Anything else in it is left alone.
/// </summary>
internal sealed record RecordedReply(string? Text, int? InputTokens, int? OutputTokens)
{
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 64 };

    public static RecordedReply Read(string? reply)
    {
        var text = new StringBuilder();
        var result = new RecordedReply(null, null, null);
        if (string.IsNullOrWhiteSpace(reply))
        {
            return result;
        }

        var isStream = reply.AsSpan().TrimStart() is not ['{', ..];
        var parts = isStream
            ? reply.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line[5..])
            : [reply];
        foreach (var part in parts)
        {
            result = Parse(part, text, result);
        }

        return result with { Text = text.Length > 0 ? text.ToString() : null };
    }

    private static RecordedReply Parse(string part, StringBuilder text, RecordedReply sofar)
    {
        try
        {
            using var document = JsonDocument.Parse(part, Bounded);
            var root = document.RootElement;
            if (Get(root, "response") is { } response)
            {
                // The last event of the responses API holds the whole response, whose text has come in pieces before.
                return Usage(response, sofar);
            }

            text.Append(Words(root));
            return Usage(root, sofar);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // [DONE], or a piece that was cut: what was answered is only shown.
            return sofar;
        }
    }

    private static string? Words(JsonElement root)
    {
        if (Get(root, "choices") is { ValueKind: JsonValueKind.Array } choices && choices.GetArrayLength() > 0)
        {
            var first = choices[0];
            return Str(Get(first, "delta"), "content") ?? Str(Get(first, "message"), "content") ?? Str(first, "text");
        }

        return Str(root, "type") == "response.output_text.delta" ? Str(root, "delta") : Str(root, "output_text");
    }

    private static RecordedReply Usage(JsonElement root, RecordedReply sofar) => Get(root, "usage") is { } usage
        ? sofar with
        {
            InputTokens = Number(usage, "prompt_tokens") ?? Number(usage, "input_tokens") ?? sofar.InputTokens,
            OutputTokens = Number(usage, "completion_tokens") ?? Number(usage, "output_tokens") ?? sofar.OutputTokens,
        }
        : sofar;

    private static JsonElement? Get(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } group && group.TryGetProperty(name, out var value)
        && value.ValueKind is not JsonValueKind.Null ? value : null;

    private static string? Str(JsonElement? element, string name) =>
        Get(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static int? Number(JsonElement element, string name) =>
        Get(element, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value)
            && value >= 0 ? value : null;
}
