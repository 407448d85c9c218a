using System.Text;
using System.Text.Json;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Reading;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>One recorded HTTP exchange with an OpenAI-compatible service, from whatever recorded it.</summary>
/// <param name="Reply">JSON, or server-sent events; null when it was not kept.</param>
/// <param name="At">Nanoseconds since 1970.</param>
internal sealed record RecordedCall(int Line, string? Body, string? Reply, int? Status, long? At)
{
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 64 };

    public TraceItem Item()
    {
        if (string.IsNullOrWhiteSpace(Body))
        {
            return new TraceItem.Ignored(Line, "a call without a body");
        }

        try
        {
            using var body = JsonDocument.Parse(Body, Bounded);
            return Item(body.RootElement);
        }
        catch (JsonException)
        {
            return new TraceItem.Ignored(Line, "a call whose body is no JSON");
        }
        catch (InvalidOperationException)
        {
            return new TraceItem.Skipped(Line, "a text in it is not valid UTF-8, or not a text at all");
        }
    }

    private TraceItem Item(JsonElement body)
    {
        var row = new RowFields(body);
        if (body.ValueKind != JsonValueKind.Object
            || !(body.TryGetProperty("messages", out _) || body.TryGetProperty("prompt", out _)
                || body.TryGetProperty("input", out _)))
        {
            return new TraceItem.Ignored(Line, "a call that asks no model for text");
        }

        var reply = RecordedReply.Read(Reply);
        return row.Item(Line, () => new TraceRecord
        {
            Line = Line,
            At = At,
            Messages = Asked(row),
            InputTokens = reply.InputTokens,
            OutputTokens = reply.OutputTokens ?? row.Tokens("max_completion_tokens", "max_tokens", "max_output_tokens"),
            Answer = reply.Text,
            Cohort = row.Name("model"),
            Failed = Status >= 400,
        });
    }

    /// <summary>Null when it is not text alone: such a call is kept by its lengths.</summary>
    private static List<ChatMessage>? Asked(RowFields body)
    {
        if ((body.Group("messages", JsonValueKind.Array) ?? body.Group("input", JsonValueKind.Array)) is { } list)
        {
            return JsonRow.Chat(list) is { Count: > 0 } messages ? messages : null;
        }

        return body.Text("prompt", "input") is { } text ? [new ChatMessage("user", text)] : null;
    }

    /// <summary>A body that was kept as text, or as the JSON that it was.</summary>
    public static string? Text(JsonElement? body) => body switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } text => JsonRow.Text(text),
        { ValueKind: JsonValueKind.Array } lines when lines.EnumerateArray().All(line => line.ValueKind == JsonValueKind.String) =>
            string.Join('\n', lines.EnumerateArray().Select(JsonRow.Text)),
        { } json => json.GetRawText(),
    };

    /// <summary>Base64 as text; null when it is none.</summary>
    public static string? Decoded(string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
