using System.Threading.Channels;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry;
using ChaosBench.Reports.Telemetry.Otlp;

namespace ChaosBench.Harness.Telemetry;

/// <summary>What an export came to.</summary>
/// <param name="Spans">That the collector took.</param>
/// <param name="Metrics">Instruments that it took.</param>
/// <param name="Trouble">Null: it took everything.</param>
internal sealed record OtlpResult(long Spans, long Metrics, string? Trouble)
{
    /// <summary>One line for people.</summary>
    public string Line(OtlpSettings settings, string folder) => Trouble is null
        ? FormattableString.Invariant($"telemetry: {Spans:N0} spans and {Metrics} metrics sent to {settings.Place}")
        : FormattableString.Invariant($"telemetry: the collector at {settings.Place} did not take everything: {Trouble}; {Spans:N0} spans and {Metrics} metrics were sent. ")
            + $"The run is not touched by it; send them again with: chaosbench report {folder} --otlp ...";
}

/// <summary>
/// Sends the telemetry of a run that has ended, from its folder: while it goes on, nothing is exported, so that a slow or dead collector
/// costs what is measured nothing at all.
/// <code>
/// journal --fold--> spans --batches--> bounded queue --> collector        the fold waits for the queue; nothing is dropped
/// </code>
/// The first message that is not taken ends it: what is down would be waited for again and again.
/// </summary>
internal static class OtlpExport
{
    /// <summary>A run waits for its collector so long, and then says that it was too slow.</summary>
    public static readonly TimeSpan RunPatience = TimeSpan.FromMinutes(1);

    /// <param name="patience">Longest time in all; null: as long as it takes.</param>
    /// <exception cref="JournalException">The folder does not read.</exception>
    public static async Task<OtlpResult> RunAsync(string folder, OtlpSettings settings, TimeSpan? patience, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(patience ?? Timeout.InfiniteTimeSpan, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var (spans, metrics) = (0L, 0L);
        try
        {
            using var sender = new OtlpSender(settings, time);
            var run = TelemetryRun.Open(folder);
            var source = OtlpSource.Of(run, settings.Resource);
            var queue = Channel.CreateBounded<(byte[] Message, int Spans)>(Math.Max(1, settings.QueueSize / settings.BatchSize));
            var folding = Task.Run(() => FoldAsync(run, source, folder, settings, queue.Writer, stop.Token), CancellationToken.None);
            string? trouble = null;
            await foreach (var (message, count) in queue.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                trouble = await sender.SendAsync(OtlpSignal.Traces, message, stop.Token).ConfigureAwait(false);
                if (trouble is not null)
                {
                    break;
                }

                spans += count;
            }

            if (trouble is not null)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await folding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return new OtlpResult(spans, metrics, trouble);
            }

            await folding.ConfigureAwait(false);
            foreach (var metric in Metrics(run, folder))
            {
                trouble = await sender.SendAsync(OtlpSignal.Metrics, Encode(source, metric, settings), stop.Token).ConfigureAwait(false);
                if (trouble is not null)
                {
                    return new OtlpResult(spans, metrics, trouble);
                }

                metrics++;
            }

            return new OtlpResult(spans, metrics, null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new OtlpResult(spans, metrics, limit.IsCancellationRequested
                ? FormattableString.Invariant($"it took longer than {patience!.Value.TotalSeconds:0} s") : "stopped");
        }
    }

    private static async Task FoldAsync(
        TelemetryRun run, OtlpSource source, string folder, OtlpSettings settings, ChannelWriter<(byte[], int)> queue, CancellationToken stop)
    {
        try
        {
            foreach (var batch in OtlpFiles.Spans(run, folder, settings.WithTexts).Chunk(settings.BatchSize))
            {
                var message = settings.Lines[OtlpSignal.Traces].Json ? OtlpDocument.Json(source, batch) : OtlpDocument.Protobuf(source, batch);
                await queue.WriteAsync((message, batch.Length), stop).ConfigureAwait(false);
            }
        }
        finally
        {
            queue.Complete();
        }
    }

    private static IReadOnlyList<Metric> Metrics(TelemetryRun run, string folder)
    {
        using var journal = JournalFile.Open(folder);
        return MetricFold.Of(run, journal.Events());
    }

    private static byte[] Encode(OtlpSource source, Metric metric, OtlpSettings settings) =>
        settings.Lines[OtlpSignal.Metrics].Json ? OtlpDocument.Json(source, [metric]) : OtlpDocument.Protobuf(source, [metric]);
}
