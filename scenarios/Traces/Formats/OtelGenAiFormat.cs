using System.Globalization;
using System.Text.Json;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Reading;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// OpenTelemetry spans with <c>gen_ai.*</c> attributes: one trace <c>{trace_id, spans[]}</c>, or OTLP JSON with
/// <c>resourceSpans</c>, also one document a line. A span that calls no model is ignored. The calls of a session become its turns, each
/// with its own start and with what it waited for (<see cref="SpanGraph"/>).
/// </summary>
internal sealed class OtelGenAiFormat : ITraceFormat
{
    /// <summary>Spans and characters that are held to find out what waited for what; in a larger file nothing is looked for.</summary>
    private const int MostSpans = 200_000;
    private const long MostCharacters = 32L << 20;

    /// <summary>Spans above a call that are looked at.</summary>
    private const int MostAbove = 64;

    /// <summary>Operations that carry <c>gen_ai.*</c> and are no request for text.</summary>
    private static readonly string[] OtherOperations = ["invoke_agent", "create_agent", "execute_tool", "embeddings"];

    public string Name => "otel-genai";
    public string Summary => "OpenTelemetry GenAI spans, also OTLP (JSON, dates)";

    public bool Recognises(TraceHead head) => head.Text.TrimStart() is ['{' or '[', ..]
        && (head.Has("\"spans\"") || head.Has("\"resourceSpans\""));

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options)
    {
        var held = new HeldSpans();
        foreach (var item in TraceLines.Elements(file.Elements("spans"), (line, element) => Row(line, element, held)))
        {
            if (item is not TraceItem.Row)
            {
                yield return item;
            }

            if (!held.IsFull(MostSpans, MostCharacters))
            {
                continue;
            }

            foreach (var row in held.Release())
            {
                yield return row;
            }
        }

        foreach (var row in held.IsGivenUp ? held.Release() : held.Turns())
        {
            yield return row;
        }

        if (held.IsGivenUp)
        {
            yield return new TraceItem.Note(FormattableString.Invariant(
                $"more than {MostSpans:N0} spans or {MostCharacters >> 20} Mi characters: what a call waited for was not looked for; split the file by trace"));
        }
    }

    private static IEnumerable<TraceItem> Row(int line, JsonElement element, HeldSpans held)
    {
        foreach (var item in Row(line, element))
        {
            var span = new RowFields(element);
            var trace = span.Name("trace_id", "traceId");
            held.Add(
                trace, span.Name("span_id", "spanId"), span.Name("parent_span_id", "parentSpanId"),
                item is TraceItem.Row row ? (row.Record, Instant(element, "endTimeUnixNano", "end_time_unix_nano", "end_time", "endTime")) : null);
            yield return item;
        }
    }

    private static IEnumerable<TraceItem> Row(int line, JsonElement element)
    {
        var span = new RowFields(element);
        var attributes = Attributes(element);
        if (!attributes.Keys.Any(key => key.StartsWith("gen_ai.", StringComparison.Ordinal))
            || (First(attributes, "gen_ai.operation.name") is { } operation && OtherOperations.Contains(operation)))
        {
            return [new TraceItem.Ignored(line, "a span that calls no model")];
        }

        if (Instant(element, "startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime") is not { } at)
        {
            return [new TraceItem.Skipped(line, "no start_time or startTimeUnixNano that is an instant")];
        }

        return [span.Item(line, () => new TraceRecord
        {
            Line = line,
            At = at,
            Messages = Asked(attributes),
            Answer = First(attributes, "gen_ai.output.text", "gen_ai.completion.0.content", "gen_ai.completion") ?? Answered(attributes),
            InputTokens = Count(attributes, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
            OutputTokens = Count(attributes, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "gen_ai.request.max_tokens"),
            Session = First(attributes, "gen_ai.conversation.id", "session.id") ?? SessionLike(attributes) ?? span.Name("trace_id", "traceId"),
            Cohort = First(attributes, "gen_ai.request.model", "gen_ai.response.model"),
            Failed = attributes.ContainsKey("error.type"),
        })];
    }

    private static long? Instant(JsonElement span, string nanosName, string otherNanosName, string dateName, string otherDateName)
    {
        var row = new RowFields(span);
        return row.Name(nanosName, otherNanosName) is { } nanos
            ? TimeUnits.Parse(nanos, TimeUnit.Nanoseconds)
            : row.Name(dateName, otherDateName) is { } date ? Instants.Parse(date) : null;
    }

    private static string? Answered(Dictionary<string, string> attributes) =>
        First(attributes, "gen_ai.output.messages") is { } json && Parsed(json) is { } messages
            ? string.Join("\n", messages.Select(message => message.Content)) : null;

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

    /// <summary>Spans until all of a trace are known.</summary>
    private sealed class HeldSpans
    {
        private readonly List<SpanCall> _calls = [];
        private readonly Dictionary<(string? Trace, string Id), string> _parents = [];
        private long _characters;

        public bool IsGivenUp { get; private set; }

        public void Add(string? trace, string? id, string? parent, (TraceRecord Record, long? End)? call)
        {
            if (id is not null && parent is not null && !IsGivenUp)
            {
                _parents[(trace, id)] = parent;
            }

            if (call is var (record, end))
            {
                _calls.Add(new SpanCall(id, parent, trace, end, record));
                _characters += (record.Answer?.Length ?? 0) + (record.Messages?.Sum(message => (long)message.Content.Length) ?? 0);
            }
        }

        public bool IsFull(int spans, long characters) =>
            IsGivenUp = IsGivenUp || _calls.Count > spans || _parents.Count > spans || _characters > characters;

        /// <summary>As they are.</summary>
        public List<TraceItem> Release()
        {
            List<TraceItem> rows = [.. _calls.Select(call => new TraceItem.Row(call.Record))];
            _calls.Clear();
            _parents.Clear();
            _characters = 0;
            return rows;
        }

        public IEnumerable<TraceItem> Turns() => _calls
            .GroupBy(call => call.Record.Session ?? FormattableString.Invariant($"#{call.Record.Line}"), StringComparer.Ordinal)
            .SelectMany(session => SpanGraph.Turns([.. session], Above)).Select(record => new TraceItem.Row(record));

        private IEnumerable<string> Above(SpanCall call)
        {
            var at = call.Parent;
            for (var height = 0; at is not null && height < MostAbove; height++)
            {
                yield return at;
                at = _parents.GetValueOrDefault((call.Trace, at));
            }
        }
    }
}
