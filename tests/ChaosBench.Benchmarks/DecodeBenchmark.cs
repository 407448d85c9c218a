using System.Text;
using System.Text.Json;
using ChaosBench.Server;
using ChaosBench.Server.Http;

namespace ChaosBench.Benchmarks;

/// <summary>
/// A full batch of equal requests through the server, against the same batch through ONNX Runtime alone: same graph, one thread, same
/// slot length, same number of tokens. Rounds alternate in their order, so that a drift of the machine hits both.
/// </summary>
internal static class DecodeBenchmark
{
    private const int Rounds = 5;
    private const int Positions = 256;
    private const int Prompt = 8;
    private const int Steps = 200;

    public static async Task<Report> RunAsync(bool http)
    {
        using var model = new EndlessModel();
        var rows = new List<Row>();
        foreach (var concurrency in (int[])[16, 64])
        {
            rows.AddRange(await CompareAsync(model, concurrency, http));
        }

        var how = http ? "HTTP streaming on loopback, client in the same process" : "in process";
        return new Report($"triage-v1, 1 replica, 1 thread, {Steps} tokens after {Prompt}, slots of {Positions}, {Rounds} rounds, {how}", rows);
    }

    private static async Task<IReadOnlyList<Row>> CompareAsync(EndlessModel model, int concurrency, bool http)
    {
        using var bare = new BareLoop(Path.Combine(model.Folder, "model.onnx"), concurrency, Positions);
        var options = new ServerOptions { Model = model.Folder, Replicas = 1, MaxBatch = concurrency, MaxContext = Positions, Device = "cpu" };
        await using var server = await ModelServer.StartAsync(options, Machine.Clock, CancellationToken.None);
        await using var face = http ? await HttpFace.StartAsync(server, new HttpFaceOptions(), Machine.Clock, CancellationToken.None) : null;
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = concurrency });
        var contestants = new (List<Sample> Samples, Func<Task<double>> Run)[]
        {
            ([], () => Task.FromResult(concurrency * Steps / bare.Decode(Prompt, Steps))),
            ([], face is null ? () => InProcessAsync(server, concurrency) : () => OverHttpAsync(client, face.BaseAddress, concurrency)),
        };
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var (samples, run) in round % 2 == 0 ? contestants : contestants.Reverse())
            {
                var sample = await SampleAsync(run, concurrency);
                if (round >= 0)
                {
                    samples.Add(sample);
                }
            }
        }

        var (alone, served) = (contestants[0].Samples, contestants[1].Samples);
        return
        [
            new Row($"bare loop, batch {concurrency}", "tokens/s", [.. alone.Select(sample => sample.PerSecond)]),
            new Row($"server, concurrency {concurrency}", "tokens/s", [.. served.Select(sample => sample.PerSecond)]),
            new Row($"server / bare, {concurrency}", "ratio", [.. served.Zip(alone, (s, b) => s.PerSecond / b.PerSecond)], http ? 0.6 : 0.9),
            new Row($"tokens per CPU second, server / bare, {concurrency}", "ratio", [.. served.Zip(alone, (s, b) => s.PerCpuSecond / b.PerCpuSecond)]),
        ];
    }

    /// <summary>
    /// The processor's time, of all threads, sees less of the neighbours than the clock does, but counts the client and overlapped work too.
    /// </summary>
    private static async Task<Sample> SampleAsync(Func<Task<double>> run, int concurrency)
    {
        var from = Environment.CpuUsage.TotalTime;
        var perSecond = await run();
        return new Sample(perSecond, concurrency * Steps / (Environment.CpuUsage.TotalTime - from).TotalSeconds);
    }

    /// <summary>Tokens per second while every stream is running: from the last one's first token to the first one's last.</summary>
    private static async Task<double> InProcessAsync(ModelServer server, int concurrency)
    {
        var sinks = Enumerable.Range(0, concurrency).Select(_ => new StampSink(Steps)).ToArray();
        await Task.WhenAll(sinks.Select((sink, i) => server.GenerateAsync(Request(i), sink, CancellationToken.None)));
        var (from, to) = (sinks.Max(sink => sink.At[0]), sinks.Min(sink => sink.At[sink.Count - 1]));
        return sinks.Sum(sink => sink.At.Count(at => at > from && at <= to)) / Machine.Seconds(from, to);
    }

    /// <summary>All tokens over the time from the first event of any stream to the end of the last.</summary>
    private static async Task<double> OverHttpAsync(HttpClient client, Uri address, int concurrency)
    {
        var streams = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => StreamAsync(client, address)));
        return concurrency * Steps / Machine.Seconds(streams.Min(stream => stream.First), streams.Max(stream => stream.Last));
    }

    private static async Task<(long First, long Last)> StreamAsync(HttpClient client, Uri address)
    {
        var body = JsonSerializer.Serialize(new { prompt = Text, max_tokens = Steps, temperature = 0, stream = true, stream_options = new { include_usage = true } });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "v1/completions"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var reply = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        reply.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await reply.Content.ReadAsStreamAsync());
        var (first, last, whole) = (0L, 0L, false);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                last = Machine.Clock.GetTimestamp();
                first = first == 0 ? last : first;
                whole |= line.Contains($"\"completion_tokens\":{Steps}", StringComparison.Ordinal);
            }
        }

        return whole ? (first, last) : throw new InvalidOperationException($"a stream ended before {Steps} tokens");
    }

    private sealed record Sample(double PerSecond, double PerCpuSecond);

    private static string Text => new('z', Prompt);

    private static GenerationRequest Request(int number) => new()
    {
        RequestId = $"{number}", Messages = [], Prompt = Text, MaxTokens = Steps,
    };
}
