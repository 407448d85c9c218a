using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// Azure LLM inference traces of 2023 (no zone: UTC; seven digits of a second, all kept) and 2024 (with an offset). CSV
/// <c>TIMESTAMP,ContextTokens,GeneratedTokens</c>.
/// </summary>
internal sealed class AzureFormat : ITraceFormat
{
    private static readonly string[] Columns = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"];

    public string Name => "azure";
    public string Summary => "Azure LLM inference traces 2023 and 2024 (CSV, dates)";

    public bool Recognises(TraceHead head) => head.FirstLine.Contains("ContextTokens", StringComparison.OrdinalIgnoreCase);

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options) =>
        CsvTable.Read(file, Columns, row => new TraceRecord
    {
        Line = 0,
        At = row.Date(Columns[0]),
        InputTokens = row.Tokens(Columns[1]),
        OutputTokens = row.Tokens(Columns[2]),
    });
}
