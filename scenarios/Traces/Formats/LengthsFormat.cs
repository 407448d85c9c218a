using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>Lengths without times, as Vidur's processed traces: CSV <c>num_prefill_tokens,num_decode_tokens,...</c></summary>
internal sealed class LengthsFormat : ITraceFormat
{
    private static readonly string[] Columns = ["num_prefill_tokens", "num_decode_tokens"];

    public string Name => "lengths";
    public string Summary => "token lengths without times, as Vidur's (CSV)";

    public bool Recognises(TraceHead head) => head.FirstLine.Contains(Columns[0], StringComparison.OrdinalIgnoreCase);

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options) =>
        CsvTable.Read(file, Columns, row => new TraceRecord
    {
        Line = 0,
        InputTokens = row.Tokens(Columns[0]),
        OutputTokens = row.Tokens(Columns[1]),
    });
}
