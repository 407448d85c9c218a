using System.Globalization;

namespace ChaosBench.Benchmarks;

/// <summary>
/// A full batch of equal streams over HTTP on loopback, against the same batch through ONNX Runtime alone. Server, client and bare loop
/// are processes of their own: the bare loop has the server's core, the client has the other.
/// </summary>
internal static class HttpBenchmark
{
    private const int Rounds = 5;

    // Fewer leave the server's code half compiled: it shares its one core with the compiler.
    private const int WarmUp = 3;
    private const int ServerCore = 0;
    private const int ClientCore = 1;

    public static async Task<Report> RunAsync()
    {
        using var model = new EndlessModel();
        var rows = new List<Row>();
        foreach (var concurrency in (int[])[16, 64])
        {
            rows.AddRange(await CompareAsync(model, concurrency));
        }

        var cores = Cores.Problem is { } problem ? $"on any core, because {problem}" : $"server on core {ServerCore}, client on core {ClientCore}";
        return new Report(
            $"chaosbench serve triage-v1, 1 replica, 1 thread, {DecodeBenchmark.Steps} tokens after {DecodeBenchmark.Prompt}, slots of {DecodeBenchmark.Positions}, "
            + $"{Rounds} rounds after {WarmUp}, HTTP streaming on loopback, {cores}",
            rows);
    }

    private static async Task<IReadOnlyList<Row>> CompareAsync(EndlessModel model, int concurrency)
    {
        var number = concurrency.ToString(CultureInfo.InvariantCulture);
        string[] sizes = ["--max-batch", number, "--max-context", DecodeBenchmark.Positions.ToString(CultureInfo.InvariantCulture)];
        await using var served = await ServedProcess.StartAsync(model.Folder, sizes, ServerCore);
        await using var bare = Child.Start(ServerCore, "bare", Path.Combine(model.Folder, "model.onnx"), number);
        await using var client = Child.Start(ClientCore, "client", served.Address.ToString(), number);
        var results = await Benchmarks.Rounds.AlternateAsync(WarmUp, Rounds, bare.AskAsync, client.AskAsync);
        return
        [
            new Row($"bare loop, batch {concurrency}", "tokens/s", results[0]),
            new Row($"over HTTP, concurrency {concurrency}", "tokens/s", results[1]),
            new Row($"HTTP / bare, {concurrency}", "ratio", [.. results[1].Zip(results[0], (http, alone) => http / alone)], 0.6),
        ];
    }
}
