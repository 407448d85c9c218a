using ChaosBench.Server;

namespace ChaosBench.Benchmarks;

/// <summary>Bytes that the replica's thread allocates between two tokens of a running batch, with one stream and with sixteen.</summary>
/// <remarks>
/// The streams begin in the same round and say the same, so a step of sixteen costs fifteen times a token more than a step of one, and
/// what is left of that one is the step's own.
/// </remarks>
internal static class AllocationBenchmark
{
    private const int Positions = 256;
    private const int Steps = 200;
    private const int Streams = 16;

    public static async Task<Report> RunAsync()
    {
        using var model = new EndlessModel();
        var options = new ServerOptions { Model = model.Folder, Replicas = 1, MaxBatch = Streams + 1, MaxContext = Positions, Device = "cpu" };
        await using var server = await ModelServer.StartAsync(options, Machine.Clock, CancellationToken.None);
        await PerStepAsync(server, Streams);
        await PerStepAsync(server, 1);
        var (one, many) = (await PerStepAsync(server, 1), await PerStepAsync(server, Streams));

        var perToken = (many - one) / (Streams - 1);
        return new Report($"triage-v1, {Steps} tokens, replica's thread, sink that allocates nothing",
        [
            new Row("bytes per step of 1 row", "B", [one]),
            new Row($"bytes per step of {Streams} rows", "B", [many]),
            new Row("fixed part of a step", "B", [Math.Max(0, Math.Round(one - perToken, 6))], 0, AtMost: true),
            new Row("per token", "B", [perToken], 64, AtMost: true),
        ]);
    }

    /// <summary>Over the second half of the answers: by then lists and buffers have grown to what they need.</summary>
    private static async Task<double> PerStepAsync(ModelServer server, int streams)
    {
        using var gate = new GateSink();
        var sinks = Enumerable.Range(0, streams).Select(_ => new StampSink(Steps)).ToArray();
        var first = server.GenerateAsync(Request("gate", 1), gate, CancellationToken.None);
        await gate.Reached;
        var running = sinks.Select((sink, i) => server.GenerateAsync(Request($"{i}", Steps), sink, CancellationToken.None)).ToArray();
        while (server.Replicas[0].Outstanding < streams + 1)
        {
            await Task.Yield();
        }

        gate.Open();
        await Task.WhenAll([first, .. running]);
        var (from, to) = (Steps / 2, Steps - 10);
        return (sinks[0].Allocated[to] - sinks[0].Allocated[from]) / (double)(to - from);
    }

    private static GenerationRequest Request(string id, int tokens) => new() { RequestId = id, Messages = [], Prompt = "z", MaxTokens = tokens };

    /// <summary>Holds the replica's thread at its token until all streams wait behind it, so that they begin together.</summary>
    private sealed class GateSink : IGenerationSink, IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _open = new();

        public Task Reached => _reached.Task;

        public void Open() => _open.Set();

        public void Tokens(int count, string text)
        {
            _reached.TrySetResult();
            _open.Wait();
        }

        public void Dispose() => _open.Dispose();
    }
}
