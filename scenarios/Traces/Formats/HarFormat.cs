using System.Text.Json;
using ChaosBench.Scenarios.Prompts.Reading;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>HTTP archives (HAR 1.2) of browsers and proxies: calls to models among everything else, with dates.</summary>
internal sealed class HarFormat : ITraceFormat
{
    public string Name => "har";
    public string Summary => "HTTP archives (HAR) that hold calls to models (JSON, dates)";

    public bool Recognises(TraceHead head) => head.Has("\"entries\"") && (head.Has("\"startedDateTime\"") || head.Has("\"log\""));

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options) =>
        TraceLines.Elements(file.Elements("entries"), Row);

    private static IEnumerable<TraceItem> Row(int line, JsonElement element)
    {
        var request = new RowFields(element).Group("request", JsonValueKind.Object);
        if (request is null)
        {
            return [new TraceItem.Skipped(line, "no request")];
        }

        var sent = new RowFields(request.Value);
        var started = new RowFields(element).Text("startedDateTime");
        var at = started is null ? null : Instants.Parse(started);
        if (started is not null && at is null)
        {
            return [new TraceItem.Skipped(line, "startedDateTime is no date with a time")];
        }

        var body = sent.Group("postData", JsonValueKind.Object) is { } data ? new RowFields(data).Text("text") : null;
        var response = new RowFields(element).Group("response", JsonValueKind.Object);
        return [new RecordedCall(line, body, Reply(response), response is null
            ? null : new RowFields(response.Value).Tokens("status"), at).Item()];
    }

    private static string? Reply(JsonElement? response)
    {
        if (response is null || new RowFields(response.Value).Group("content", JsonValueKind.Object) is not { } content)
        {
            return null;
        }

        var text = content.TryGetProperty("text", out var held)
            && held.ValueKind == JsonValueKind.String ? JsonRow.Text(held) : null;
        return text is not null && new RowFields(content).Name("encoding") == "base64" ? RecordedCall.Decoded(text) : text;
    }
}
