using ChaosBench.Server;
using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;

namespace ChaosBench.Benchmarks.Gpu;

/// <summary>
/// A full batch of equal requests through the server on a card, against the same batch in PyTorch's eager mode with a cache: same shape, f16,
/// same lengths. Not run so far: no card was at hand.
/// </summary>
internal static class GpuBenchmark
{
    private const int Concurrency = 64;
    private const int Rounds = 5;
    private const double Goal = 2;
    private const string Half = "model.f16.onnx";

    private static readonly string Random = Path.Combine(Machine.Root, "artifacts", "bench", "random-0.5b");

    public static async Task<Report> RunAsync()
    {
        using var watch = GpuWatch.Open();
        var (torch, problem) = await EagerTorch.FindAsync();
        GpuNeeds.Require(watch.Problem, OnnxRuntimeFacts.CudaProblem, problem, [Path.Combine(Machine.Model, Half)]);
        if (!File.Exists(Path.Combine(Random, Half)))
        {
            await EagerTorch.WriteRandomDecoderAsync(Machine.Model, Random);
        }

        using var reference = new EndlessModel();
        List<Row> rows = [.. await CompareAsync("triage-v1", reference.Folder, torch!), .. await CompareAsync("random, 0.5 B", Random, torch!)];
        var card = watch.Read()[0];
        return new Report(
            $"{card.Name ?? torch!.Device}, driver {watch.DriverVersion ?? "unknown"}, {torch!.Version}, {DecodeBenchmark.Steps} tokens after {DecodeBenchmark.Prompt}, "
            + $"slots of {DecodeBenchmark.Positions}, {Rounds} rounds, 1 replica, in process",
            rows);
    }

    private static async Task<IReadOnlyList<Row>> CompareAsync(string name, string folder, EagerTorch torch)
    {
        var shape = DecoderShape.Read(folder);
        var graphs = await ServeAsync(folder, CudaGraphs.Auto);
        var plain = await ServeAsync(folder, CudaGraphs.Off);
        var eager = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            eager.Add(await torch.TokensPerSecondAsync(shape, Concurrency, DecodeBenchmark.Prompt, DecodeBenchmark.Steps));
        }

        return
        [
            new Row($"{name}: PyTorch eager, batch {Concurrency}", "tokens/s", eager),
            new Row($"{name}: server, concurrency {Concurrency}", "tokens/s", graphs),
            new Row($"{name}: server without CUDA graphs", "tokens/s", plain),
            new Row($"{name}: server / PyTorch", "ratio", [.. graphs.Zip(eager, (ours, theirs) => ours / theirs)], Goal),
        ];
    }

    /// <summary>The first round is for kernels to be loaded and steps to be captured.</summary>
    private static async Task<IReadOnlyList<double>> ServeAsync(string folder, CudaGraphs graphs)
    {
        var options = DecodeBenchmark.Options(folder, Concurrency) with { Device = "cuda", CudaGraphs = graphs };
        await using var server = await ModelServer.StartAsync(options, Machine.Clock, CancellationToken.None);
        await DecodeBenchmark.ServeAsync(server, Concurrency);
        var rounds = new List<double>();
        while (rounds.Count < Rounds)
        {
            rounds.Add(await DecodeBenchmark.ServeAsync(server, Concurrency));
        }

        return rounds;
    }
}
