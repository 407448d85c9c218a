using ChaosBench.Scenarios.Prompts.Reading;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// Everything that <c>prompts:</c> of a scenario reads: prompts without times, in text, CSV or JSON. Held in memory, at most 256
/// MiB.
/// </summary>
internal sealed class PromptsFormat : ITraceFormat
{
    public string Name => "prompts";
    public string Summary => "prompts without times: text, CSV, JSON, JSON lines, as recorded: reads them";

    public bool Recognises(TraceHead head) => true;

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options)
    {
        var loaded = PromptFile.Read(options.Files, file.Path, null, null);
        return loaded.Skipped.Select(row => (TraceItem)new TraceItem.Skipped(row.Row, row.Reason)).Concat(
            loaded.Prompts.Select((prompt, number) => new TraceItem.Row(new TraceRecord
            {
                Line = number + 1,
                Messages = prompt.Messages,
                Answer = prompt.Expected,
            })));
    }
}
