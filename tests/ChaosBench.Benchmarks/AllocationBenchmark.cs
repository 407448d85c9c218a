using ChaosBench.Server;

namespace ChaosBench.Benchmarks;

/// <summary>Bytes that the replica's thread allocates between two tokens of a running batch, with one stream and with sixteen.</summary>
internal static class AllocationBenchmark
{
    private const int Positions = 256;
    private const int Steps = 200;
    private const int Streams = 16;

    public static async Task<Report> RunAsync()
    {
        using var model = new EndlessModel();
        var options = new ServerOptions { Model = model.Folder, Replicas = 1, MaxBatch = Streams, MaxContext = Positions, Device = "cpu" };
        await using var server = await ModelServer.StartAsync(options, Machine.Clock, CancellationToken.None);
        await PerStepAsync(server, Streams);
        var (one, many) = (await PerStepAsync(server, 1), await PerStepAsync(server, Streams));

        // A step costs a fixed part and a part per row.
        var perToken = (many - one) / (Streams - 1);
        return new Report($"triage-v1, {Steps} tokens, replica's thread, sink that allocates nothing",
        [
            new Row("bytes per step of 1 row", "B", [one]),
            new Row($"bytes per step of {Streams} rows", "B", [many]),
            new Row("fixed part of a step (the mask is bound anew every 64)", "B", [Math.Max(0, one - perToken)], 0, AtMost: true),
            new Row("per token", "B", [perToken], 64, AtMost: true),
        ]);
    }

    /// <summary>Over the second half of the answers: by then lists and buffers have grown to what they need.</summary>
    private static async Task<double> PerStepAsync(ModelServer server, int streams)
    {
        var sinks = Enumerable.Range(0, streams).Select(_ => new StampSink(Steps)).ToArray();
        await Task.WhenAll(sinks.Select((sink, i) => server.GenerateAsync(
            new GenerationRequest { RequestId = $"{i}", Messages = [], Prompt = "zzzzzzzz", MaxTokens = Steps }, sink, CancellationToken.None)));
        var (from, to) = (Steps / 2, Steps - 10);
        return (sinks[0].Allocated[to] - sinks[0].Allocated[from]) / (double)(to - from);
    }
}
