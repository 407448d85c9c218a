using ChaosBench.Server;

namespace ChaosBench.Benchmarks;

/// <summary>What a long prompt costs the streams that are already running.</summary>
internal static class StallBenchmark
{
    private const int Rounds = 5;
    private const int Streams = 16;
    private const int LongPrompt = 1_500;
    private const int Positions = 2_048;

    /// <summary>The default of <see cref="ChaosBench.Server.Scheduling.ReplicaOptions.PrefillChunk"/>.</summary>
    private static readonly int Chunk = new Server.Scheduling.ReplicaOptions().PrefillChunk;

    public static async Task<Report> RunAsync()
    {
        using var model = new EndlessModel();
        using var bare = new BareLoop(Path.Combine(model.Folder, "model.onnx"), rows: 1, Positions);
        var options = new ServerOptions { Model = model.Folder, Replicas = 1, MaxBatch = Streams + 1, MaxContext = Positions, Device = "cpu" };
        await using var server = await ModelServer.StartAsync(options, Machine.Clock, CancellationToken.None);
        var (chunks, worst, quiet) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            chunks.Add(1e3 * bare.Prefill(Chunk, LongPrompt - Chunk));
            var (during, before) = await RoundAsync(server, round);
            worst.Add(1e3 * during);
            quiet.Add(1e3 * before);
        }

        return new Report($"triage-v1, {Streams} streams, a prompt of {LongPrompt:N0} tokens arrives, chunks of {Chunk} tokens, 1 thread, {Rounds} rounds",
        [
            new Row($"last whole chunk of the prompt, {Chunk} tokens, bare", "ms", chunks),
            new Row("worst token gap before it arrives", "ms", quiet),
            new Row("worst token gap while it is read", "ms", worst),
            new Row("worst gap / two chunks", "ratio", [.. worst.Zip(chunks, (gap, chunk) => gap / (2 * chunk))], 1, AtMost: true),
        ]);
    }

    /// <summary>Seconds of the worst gap of any stream, while the long prompt was read and before.</summary>
    private static async Task<(double During, double Before)> RoundAsync(ModelServer server, int round)
    {
        using var stop = new CancellationTokenSource();
        var sinks = Enumerable.Range(0, Streams).Select(_ => new StampSink(Positions)).ToArray();
        var running = sinks.Select((sink, i) => server.GenerateAsync(Request($"{round}.{i}", "zzzzzzzz", Positions), sink, stop.Token)).ToArray();
        await Task.WhenAll(sinks.Select(sink => sink.Begun));
        await Task.Delay(TimeSpan.FromMilliseconds(300), Machine.Clock, CancellationToken.None);
        var from = Machine.Clock.GetTimestamp();
        var late = new StampSink(1);
        // Another beginning in every round: nothing of it is kept from the one before.
        var text = string.Concat(Enumerable.Range(0, LongPrompt).Select(i => (char)('0' + ((i + (i / 7) + round) % 10))));
        await server.GenerateAsync(Request($"{round}.long", text, 1), late, CancellationToken.None);
        var counts = sinks.Select(sink => sink.Count).ToArray();
        await stop.CancelAsync();
        await Task.WhenAll(running);
        var begun = sinks.Max(sink => sink.At[0]);
        return (sinks.Max(sink => Worst(sink, from, late.At[0])), sinks.Max(sink => Worst(sink, begun, from)));
    }

    private static double Worst(StampSink sink, long from, long to)
    {
        var worst = 0.0;
        for (var i = 1; i < sink.Count; i++)
        {
            if (sink.At[i] > from && sink.At[i - 1] <= to && sink.At[i - 1] >= from - 1)
            {
                worst = Math.Max(worst, Machine.Seconds(sink.At[i - 1], sink.At[i]));
            }
        }

        return worst;
    }

    private static GenerationRequest Request(string id, string prompt, int tokens) => new()
    {
        RequestId = id, Messages = [], Prompt = prompt, MaxTokens = tokens,
    };
}
