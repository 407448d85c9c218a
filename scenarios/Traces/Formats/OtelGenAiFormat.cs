using System.Globalization;
using System.Text.Json;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Reading;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// OpenTelemetry spans with <c>gen_ai.*</c> attributes: one trace <c>{trace_id, spans[]}</c>, or OTLP JSON with
/// <c>resourceSpans</c>, also one document a line. A span that calls no model is ignored. What a call waited for is not kept: its
/// own start is.
/// </summary>
internal sealed class OtelGenAiFormat : ITraceFormat
{
    public string Name => "otel-genai";
    public string Summary => "OpenTelemetry GenAI spans, also OTLP (JSON, dates)";

    public bool Recognises(TraceHead head) => head.Text.TrimStart() is ['{' or '[', ..]
        && (head.Has("\"spans\"") || head.Has("\"resourceSpans\""));

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options) => TraceLines.Elements(file.Elements("spans"), Row);

    private static IEnumerable<TraceItem> Row(int line, JsonElement element)
    {
        var span = new RowFields(element);
        var attributes = Attributes(element);
        if (!attributes.Keys.Any(key => key.StartsWith("gen_ai.", StringComparison.Ordinal)))
        {
            return [new TraceItem.Ignored(line, "a span that calls no model")];
        }

        if (Start(element) is not { } at)
        {
            return [new TraceItem.Skipped(line, "no start_time or startTimeUnixNano that is an instant")];
        }

        return [span.Item(line, () => new TraceRecord
        {
            Line = line,
            At = at,
            Messages = Asked(attributes),
            Answer = First(attributes, "gen_ai.output.text", "gen_ai.completion.0.content", "gen_ai.completion"),
            InputTokens = Count(attributes, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
            OutputTokens = Count(attributes, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "gen_ai.request.max_tokens"),
            Session = First(attributes, "gen_ai.conversation.id", "session.id") ?? SessionLike(attributes) ?? span.Name("trace_id", "traceId"),
            Cohort = First(attributes, "gen_ai.request.model", "gen_ai.response.model"),
            Failed = attributes.ContainsKey("error.type"),
        })];
    }

    private static long? Start(JsonElement span)
    {
        var row = new RowFields(span);
        return row.Name("startTimeUnixNano", "start_time_unix_nano") is { } nanos
            ? TimeUnits.Parse(nanos, TimeUnit.Nanoseconds)
            : row.Name("start_time", "startTime") is { } date ? Instants.Parse(date) : null;
    }

    /// <summary>As one object, or as OTLP's list of <c>{key, value: {stringValue | intValue | ...}}</c>.</summary>
    private static Dictionary<string, string> Attributes(JsonElement span)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (span.ValueKind != JsonValueKind.Object || !span.TryGetProperty("attributes", out var attributes))
        {
            return found;
        }

        if (attributes.ValueKind == JsonValueKind.Object)
        {
            foreach (var attribute in attributes.EnumerateObject())
            {
                found[attribute.Name] = JsonRow.Scalar(attribute.Value) ?? attribute.Value.GetRawText();
            }
        }
        else if (attributes.ValueKind == JsonValueKind.Array)
        {
            foreach (var attribute in attributes.EnumerateArray())
            {
                if (new RowFields(attribute).Name("key") is { } key
                    && new RowFields(attribute).Group("value", JsonValueKind.Object) is { } value
                    && value.EnumerateObject().FirstOrDefault() is { Value.ValueKind: not JsonValueKind.Undefined } held)
                {
                    found[key] = JsonRow.Scalar(held.Value) ?? held.Value.GetRawText();
                }
            }
        }

        return found;
    }

    private static List<ChatMessage>? Asked(Dictionary<string, string> attributes)
    {
        if (First(attributes, "gen_ai.input.messages", "gen_ai.prompt") is { } text)
        {
            return text.AsSpan().TrimStart() is ['[', ..] ? Parsed(text) : [new ChatMessage("user", text)];
        }

        var messages = new List<ChatMessage>();
        while (messages.Count < 1_000 && First(attributes, FormattableString.Invariant(
            $"gen_ai.prompt.{messages.Count}.content")) is { } content)
        {
            var role = First(attributes, FormattableString.Invariant($"gen_ai.prompt.{messages.Count}.role"));
            messages.Add(new ChatMessage(role is "system" or "assistant" ? role : "user", content));
        }

        return messages.Count > 0 ? messages : null;
    }

    private static List<ChatMessage>? Parsed(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
            return JsonRow.Chat(document.RootElement) is { Count: > 0 } messages ? messages : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? First(Dictionary<string, string> attributes, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (attributes.TryGetValue(name, out var value) && value.Length > 0)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Frameworks name it after themselves: <c>exgentic.session.id</c>.</summary>
    private static string? SessionLike(Dictionary<string, string> attributes) =>
        attributes.FirstOrDefault(pair => pair.Key.EndsWith(".session.id", StringComparison.Ordinal)).Value;

    private static int? Count(Dictionary<string, string> attributes, params ReadOnlySpan<string> names) =>
        First(attributes, names) is { } text
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}
