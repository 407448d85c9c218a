using ChaosBench.Scenarios.Traces;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Tests.Docs.Examples;

/// <summary>The access log of a gateway: CSV <c>when,tokens_in,tokens_out</c>, dates with an offset.</summary>
internal sealed class GatewayLogFormat : ITraceFormat
{
    private static readonly string[] Columns = ["when", "tokens_in", "tokens_out"];

    public string Name => "gateway-log";
    public string Summary => "access log of a gateway (CSV, dates)";

    public bool Recognises(TraceHead head) => head.FirstLine.StartsWith("when,tokens_in", StringComparison.Ordinal);

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options) =>
        CsvTable.Read(file, Columns, row => new TraceRecord
        {
            Line = 0, // the table knows the line
            At = row.Date(Columns[0]),
            InputTokens = row.Tokens(Columns[1]),
            OutputTokens = row.Tokens(Columns[2]),
        });
}
