using System.Text.Json;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// OpenAI batch files: JSON lines <c>{custom_id, method, url, body}</c> of requests, or <c>{custom_id, response{status_code,
/// body}}</c> of answers, whose requests are known by their lengths alone. Some writers put the bare reply under <c>response</c>.
/// </summary>
internal sealed class OpenAiBatchFormat : ITraceFormat
{
    public string Name => "openai-batch";
    public string Summary => "OpenAI batch files, in or out (JSON lines, no times)";

    public bool Recognises(TraceHead head) => head.FirstLine.StartsWith('{')
        && head.FirstLine.Contains("\"custom_id\"", StringComparison.Ordinal);

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options) => TraceLines.Json(file, Row);

    private static TraceItem Row(int line, JsonElement element)
    {
        var row = new RowFields(element);
        if (row.Group("body", JsonValueKind.Object) is { } body)
        {
            return new RecordedCall(line, body.GetRawText(), null, null, null).Item();
        }

        if (row.Group("response", JsonValueKind.Object) is { } response)
        {
            var reply = new RowFields(response);
            var usage = RecordedReply.Read((reply.Group("body", JsonValueKind.Object) ?? response).GetRawText());
            return reply.Item(line, () => new TraceRecord
            {
                Line = line,
                InputTokens = usage.InputTokens,
                OutputTokens = usage.OutputTokens,
                Answer = usage.Text,
                Failed = reply.Tokens("status_code") >= 400,
            });
        }

        return new TraceItem.Skipped(line, "neither body nor response: a batch line has custom_id, method, url, body");
    }
}
