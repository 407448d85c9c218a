using System.Text.Json;

namespace ChaosBench.Scenarios.Traces.Reading;

/// <summary>Files of one row a line, JSON or CSV: a row that cannot be read is skipped by itself.</summary>
internal static class TraceLines
{
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 64 };

    public static IEnumerable<TraceItem> Json(TraceFile file, Func<int, JsonElement, IEnumerable<TraceItem>> read)
    {
        foreach (var (line, text) in file.Lines())
        {
            foreach (var item in Parsed(line, text, read))
            {
                yield return item;
            }
        }
    }

    public static IEnumerable<TraceItem> Json(TraceFile file, Func<int, JsonElement, TraceItem> read) =>
        Json(file, (line, row) => [read(line, row)]);

    /// <summary>As a part of a document, whose text may hold what no text can.</summary>
    public static IEnumerable<TraceItem> Elements(
        IEnumerable<JsonElements.Part> parts, Func<int, JsonElement, IEnumerable<TraceItem>> read)
    {
        foreach (var part in parts)
        {
            foreach (var item in Guarded(part.Line, () => read(part.Line, part.Element)))
            {
                yield return item;
            }
        }
    }

    private static List<TraceItem> Parsed(
        int line, ReadOnlyMemory<byte> text, Func<int, JsonElement, IEnumerable<TraceItem>> read)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Bounded);
            return Guarded(line, () => read(line, document.RootElement));
        }
        catch (JsonException)
        {
            return [new TraceItem.Skipped(line, "not valid JSON")];
        }
    }

    private static List<TraceItem> Guarded(int line, Func<IEnumerable<TraceItem>> read)
    {
        try
        {
            return [.. read()];
        }
        catch (InvalidOperationException)
        {
            return [new TraceItem.Skipped(line, "a text in it is not valid UTF-8, or not a text at all")];
        }
    }
}
