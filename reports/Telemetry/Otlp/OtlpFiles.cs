using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Telemetry.Otlp;

/// <summary>
/// Telemetry of a run in files of its folder, one OTLP/JSON message a line: what the OpenTelemetry Collector's <c>otlpjsonfile</c> receiver
/// reads. Made from manifest and journal alone, the same bytes each time.
/// </summary>
public static class OtlpFiles
{
    public const string Traces = "traces.otlp.jsonl";
    public const string Metrics = "metrics.otlp.jsonl";

    /// <summary>The SDKs' own limit of a batch.</summary>
    public const int SpansInBatch = 512;

    /// <summary>Writes both; a run of any length, as the spans are never together in memory.</summary>
    /// <param name="withTexts">Prompts and outputs too, as far as the run kept them, which is after redaction.</param>
    /// <returns>Spans that were written.</returns>
    /// <exception cref="JournalException">The folder does not read, or cannot be written.</exception>
    public static long Write(string folder, bool withTexts)
    {
        var run = TelemetryRun.Open(folder);
        var source = OtlpSource.Of(run);
        var written = 0L;
        WriteLines(Path.Combine(folder, Traces), Spans(run, folder, withTexts).Chunk(SpansInBatch).Select(batch =>
        {
            written += batch.Length;
            return OtlpDocument.Json(source, batch);
        }));
        using var journal = JournalFile.Open(folder);
        var metrics = MetricFold.Of(run, journal.Events());
        WriteLines(Path.Combine(folder, Metrics), metrics.Select(metric => OtlpDocument.Json(source, [metric])));
        return written;
    }

    /// <summary>The spans of a run folder, as they are read.</summary>
    public static IEnumerable<Span> Spans(TelemetryRun run, string folder, bool withTexts)
    {
        var texts = withTexts
            ? ContentFile.Read(folder).GroupBy(line => line.Arrival).ToDictionary(group => group.Key, group => group.First())
            : null;
        using var journal = JournalFile.Open(folder);
        foreach (var span in new SpanFold(run, texts).Spans(journal.Events()))
        {
            yield return span;
        }
    }

    private static void WriteLines(string path, IEnumerable<byte[]> lines)
    {
        try
        {
            var half = path + ".tmp";
            using (var file = new FileStream(half, FileMode.Create, FileAccess.Write))
            {
                foreach (var line in lines)
                {
                    file.Write(line);
                    file.WriteByte((byte)'\n');
                }
            }

            File.Move(half, path, overwrite: true);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{path}: cannot be written: {broken.Message}; free some space", broken);
        }
    }
}
