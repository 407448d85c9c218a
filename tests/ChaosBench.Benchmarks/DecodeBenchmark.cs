using ChaosBench.Server;

namespace ChaosBench.Benchmarks;

/// <summary>
/// A full batch of equal requests through the server, against the same batch through ONNX Runtime alone: same graph, one thread, same
/// slot length, same number of tokens.
/// </summary>
internal static class DecodeBenchmark
{
    public const int Positions = 256;
    public const int Prompt = 8;
    public const int Steps = 200;

    private const int Rounds = 5;

    public static string Text => new('z', Prompt);

    public static async Task<Report> RunAsync()
    {
        using var model = new EndlessModel();
        var rows = new List<Row>();
        foreach (var concurrency in (int[])[16, 64])
        {
            rows.AddRange(await CompareAsync(model, concurrency));
        }

        return new Report($"triage-v1, 1 replica, 1 thread, {Steps} tokens after {Prompt}, slots of {Positions}, {Rounds} rounds, in process", rows);
    }

    /// <summary>Tokens per second while every stream is running: from the last one's first token to the first one's last.</summary>
    public static async Task<double> ServeAsync(ModelServer server, int concurrency)
    {
        var sinks = Enumerable.Range(0, concurrency).Select(_ => new StampSink(Steps)).ToArray();
        await Task.WhenAll(sinks.Select((sink, i) => server.GenerateAsync(Request(i), sink, CancellationToken.None)));
        var (from, to) = (sinks.Max(sink => sink.At[0]), sinks.Min(sink => sink.At[sink.Count - 1]));
        return sinks.Sum(sink => sink.At.Count(at => at > from && at <= to)) / Machine.Seconds(from, to);
    }

    public static ServerOptions Options(string model, int concurrency) => new()
    {
        Model = model, Replicas = 1, MaxBatch = concurrency, MaxContext = Positions, Device = "cpu",
    };

    private static async Task<IReadOnlyList<Row>> CompareAsync(EndlessModel model, int concurrency)
    {
        using var bare = new BareLoop(Path.Combine(model.Folder, "model.onnx"), concurrency, Positions);
        await using var server = await ModelServer.StartAsync(Options(model.Folder, concurrency), Machine.Clock, CancellationToken.None);
        var results = await Benchmarks.Rounds.AlternateAsync(
            1,
            Rounds,
            () => SampleAsync(() => Task.FromResult(concurrency * Steps / bare.Decode(Prompt, Steps)), concurrency),
            () => SampleAsync(() => ServeAsync(server, concurrency), concurrency));
        var (alone, served) = (results[0], results[1]);
        return
        [
            new Row($"bare loop, batch {concurrency}", "tokens/s", [.. alone.Select(sample => sample.PerSecond)]),
            new Row($"server, concurrency {concurrency}", "tokens/s", [.. served.Select(sample => sample.PerSecond)]),
            new Row($"server / bare, {concurrency}", "ratio", [.. served.Zip(alone, (s, b) => s.PerSecond / b.PerSecond)], 0.9),
            new Row($"tokens per CPU second, server / bare, {concurrency}", "ratio", [.. served.Zip(alone, (s, b) => s.PerCpuSecond / b.PerCpuSecond)]),
        ];
    }

    /// <summary>The processor's time, of all threads, sees less of the neighbours than the clock does, but counts overlapped work too.</summary>
    private static async Task<Sample> SampleAsync(Func<Task<double>> run, int concurrency)
    {
        var from = Environment.CpuUsage.TotalTime;
        var perSecond = await run();
        return new Sample(perSecond, concurrency * Steps / (Environment.CpuUsage.TotalTime - from).TotalSeconds);
    }

    private static GenerationRequest Request(int number) => new()
    {
        RequestId = $"{number}", Messages = [], Prompt = Text, MaxTokens = Steps,
    };

    private sealed record Sample(double PerSecond, double PerCpuSecond);
}
