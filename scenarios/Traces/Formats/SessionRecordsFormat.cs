using System.Text.Json;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// Session records of Azure's SDK test proxy: JSON <c>Entries[] {RequestUri, RequestBody, StatusCode, ResponseBody}</c>. No
/// times.
/// </summary>
internal sealed class SessionRecordsFormat : ITraceFormat
{
    public string Name => "session-records";
    public string Summary => "session records of the Azure and OpenAI SDKs (JSON, no times)";

    public bool Recognises(TraceHead head) => head.Has("\"Entries\"") && head.Has("\"RequestUri\"");

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options) =>
        TraceLines.Elements(file.Elements("Entries"), Row);

    private static IEnumerable<TraceItem> Row(int line, JsonElement element)
    {
        var row = new RowFields(element);
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("RequestBody", out var body))
        {
            return [new TraceItem.Skipped(line, "no RequestBody")];
        }

        var reply = element.TryGetProperty("ResponseBody", out var held) ? held : (JsonElement?)null;
        return [new RecordedCall(line, RecordedCall.Text(body), RecordedCall.Text(reply), row.Tokens("StatusCode"), null).Item()];
    }
}
