using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// BurstGPT: CSV with <c>Timestamp</c> in seconds (not from zero in later parts), later parts also <c>Session ID</c> and
/// <c>Elapsed time</c>. No response tokens: the request failed, and was traffic all the same.
/// </summary>
internal sealed class BurstGptFormat : ITraceFormat
{
    private static readonly string[] Columns = ["Timestamp", "Model", "Request tokens", "Response tokens", "Log Type"];

    public string Name => "burstgpt";
    public string Summary => "BurstGPT, parts 1 to 3 (CSV, seconds)";
    public TimeUnit? Unit => TimeUnit.Seconds;

    public bool Recognises(TraceHead head) => head.FirstLine.Contains("Request tokens", StringComparison.OrdinalIgnoreCase);

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options) => CsvTable.Read(file, Columns, row =>
    {
        var output = row.Tokens("Response tokens");
        return new TraceRecord
        {
            Line = 0,
            At = row.Time("Timestamp", options.Unit ?? TimeUnit.Seconds),
            InputTokens = row.Tokens("Request tokens"),
            OutputTokens = output,
            Failed = output == 0,
            Session = row.Find("Session ID"),
            Cohort = Join(row.Find("Model"), row.Find("Log Type")),
        };
    });

    private static string? Join(string? model, string? type) =>
        model is null ? type : type is null ? model : $"{model}, {type}";
}
