using ChaosBench.Server;
using ChaosBench.Server.Dependencies;

namespace ChaosBench.Benchmarks;

/// <summary>
/// How long a request waits on an idle server before its prompt is computed. Seen from outside: the time to the first token of a
/// short prompt less the time that ONNX Runtime alone takes for it. Sampling and text are in it, so it is an upper bound.
/// </summary>
internal static class IdleBenchmark
{
    private const int Requests = 400;
    private const int WarmUp = 100;
    private const int Positions = 256;

    public static async Task<Report> RunAsync()
    {
        using var bare = new BareLoop(Path.Combine(Machine.Model, "model.onnx"), rows: 1, Positions);
        // The context store in memory waits for a millisecond on purpose; that is a dependency's time and not the scheduler's.
        var store = new ContextStoreOptions { Latency = TimeSpan.Zero };
        var options = new ServerOptions { Model = Machine.Model, Replicas = 1, MaxContext = Positions, Device = "cpu", ContextStore = store };
        await using var server = await ModelServer.StartAsync(options, Machine.Clock, CancellationToken.None);
        var (first, alone) = (new List<double>(), new List<double>());
        for (var i = -WarmUp; i < Requests; i++)
        {
            var prefillAlone = 1e3 * bare.Prefill(tokens: 1, past: 0);
            var sink = new StampSink(1);
            var request = new GenerationRequest { RequestId = $"{i}", Messages = [], Prompt = "z", MaxTokens = 1 };
            // The replica's thread must have gone to sleep again.
            await Task.Delay(TimeSpan.FromMilliseconds(2), Machine.Clock, CancellationToken.None);
            var from = Machine.Clock.GetTimestamp();
            await server.GenerateAsync(request, sink, CancellationToken.None);
            if (i >= 0)
            {
                alone.Add(prefillAlone);
                first.Add(1e3 * Machine.Seconds(from, sink.At[0]));
            }
        }

        var prefill = Statistics.Percentile(alone, 50);
        var waits = first.Select(time => time - prefill).ToArray();
        return new Report($"triage-v1, {Requests} requests of one token, one at a time after {WarmUp} others, 1 thread, context store without latency",
        [
            new Row("prefill of the prompt, bare", "ms", alone),
            new Row("arrival to first token", "ms", first),
            new Row("arrival to first prefill, at most, p50", "ms", [Statistics.Percentile(waits, 50)]),
            new Row("arrival to first prefill, at most, p99", "ms", [Statistics.Percentile(waits, 99)], 1, AtMost: true),
        ]);
    }
}
