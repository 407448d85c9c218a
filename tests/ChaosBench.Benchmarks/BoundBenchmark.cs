using System.Text.Json;
using ChaosBench.Server;

namespace ChaosBench.Benchmarks;

/// <summary>
/// How much of one core a step uses: the least time that its arithmetic and its reads need on this machine, over the time that it takes.
/// <code>
/// bound = max(operations / rate of a matrix product, bytes / rate of reading as many bytes)
/// </code>
/// </summary>
internal static class BoundBenchmark
{
    private const int Rounds = 5;
    private const int PromptPositions = 2_048;

    public static async Task<Report> RunAsync()
    {
        using var model = new EndlessModel();
        var shape = DecoderShape.Read(Path.Combine(model.Folder, "config.json"));
        var operations = HostRates.MatrixProduct();
        List<Row> rows = [new Row("matrix product, 512 cubed", "GFLOP/s", [operations / 1e9])];
        foreach (var batch in (int[])[1, 16, 64])
        {
            rows.AddRange(await DecodeAsync(model, shape, batch, operations));
        }

        foreach (var tokens in (int[])[16, 128])
        {
            rows.AddRange(Prefill(model, shape, tokens, operations));
        }

        return new Report(
            $"triage-v1, 1 thread; decode of {DecodeBenchmark.Steps} tokens after {DecodeBenchmark.Prompt}, slots of {DecodeBenchmark.Positions}; prefill of one row; {Rounds} rounds; "
            + "rates are the best of 400 windows of 2 ms",
            rows);
    }

    private static async Task<IEnumerable<Row>> DecodeAsync(EndlessModel model, DecoderShape shape, int batch, double operations)
    {
        using var bare = new BareLoop(Path.Combine(model.Folder, "model.onnx"), batch, DecodeBenchmark.Positions);
        await using var server = await ModelServer.StartAsync(DecodeBenchmark.Options(model.Folder, batch), Machine.Clock, CancellationToken.None);
        var results = await Benchmarks.Rounds.AlternateAsync(
            1,
            Rounds,
            () => Task.FromResult(bare.Decode(DecodeBenchmark.Prompt, DecodeBenchmark.Steps) / DecodeBenchmark.Steps),
            async () => batch / await DecodeBenchmark.ServeAsync(server, batch));
        // Keys in the middle of the answer, the new one among them.
        var keys = DecodeBenchmark.Prompt + ((DecodeBenchmark.Steps + 1) / 2.0);
        var need = new Need(batch * (shape.TokenOperations + (keys * shape.KeyOperations)), shape.WeightBytes + (batch * keys * shape.KeyBytes));
        return Rows($"decode, batch {batch}", need, operations, ("bare", results[0]), ("server", results[1]));
    }

    private static IEnumerable<Row> Prefill(EndlessModel model, DecoderShape shape, int tokens, double operations)
    {
        using var bare = new BareLoop(Path.Combine(model.Folder, "model.onnx"), rows: 1, PromptPositions);
        bare.Prefill(tokens, past: 0);
        var seconds = Enumerable.Range(0, Rounds).Select(_ => bare.Prefill(tokens, past: 0)).ToArray();
        // A token sees itself and those before it.
        var pairs = tokens * (tokens + 1) / 2.0;
        var need = new Need((tokens * shape.TokenOperations) + (pairs * shape.KeyOperations), shape.WeightBytes + (tokens * shape.KeyBytes));
        return Rows($"prefill of {tokens} tokens", need, operations, ("bare", seconds));
    }

    private static IEnumerable<Row> Rows(string name, Need need, double operations, params (string Who, IReadOnlyList<double> Seconds)[] measured)
    {
        var bandwidth = HostRates.Bandwidth((long)need.Bytes);
        var (compute, read) = (need.Operations / operations, need.Bytes / bandwidth);
        var bound = Math.Max(compute, read);
        return
        [
            new Row($"{name}: {need.Operations / 1e6:0.0} MFLOP", "us", [1e6 * compute]),
            new Row($"  {need.Bytes / 1e6:0.0} MB read at {bandwidth / 1e9:0} GB/s", "us", [1e6 * read]),
            .. measured.SelectMany(run => (Row[])
            [
                new Row($"  {run.Who}, step", "us", [.. run.Seconds.Select(s => 1e6 * s)]),
                new Row($"  {run.Who}, share of the bound reached", "%", [.. run.Seconds.Select(s => 100 * bound / s)]),
            ]),
        ];
    }

    /// <summary>What a step cannot do without.</summary>
    private sealed record Need(double Operations, double Bytes);
}

/// <summary>Costs of a decoder by its configuration; norms, biases and the softmax are left out.</summary>
/// <param name="TokenOperations">Of the matrices, per token: two per weight.</param>
/// <param name="KeyOperations">Of the attention, per token and key: a product and a sum for the score, and for the value.</param>
/// <param name="WeightBytes">Of the matrices, f32; of the embedding a step reads a row per token.</param>
/// <param name="KeyBytes">Key and value of one position of one row, f32.</param>
internal sealed record DecoderShape(double TokenOperations, double KeyOperations, double WeightBytes, double KeyBytes)
{
    public static DecoderShape Read(string config)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(config));
        double Of(string name) => json.RootElement.GetProperty(name).GetInt32();
        var (width, layers) = (Of("hidden_size"), Of("num_hidden_layers"));
        var keyWidth = Of("num_key_value_heads") * Of("head_dim");
        var weights = (layers * ((2 * width * width) + (2 * width * keyWidth) + (2 * width * Of("intermediate_size")))) + (width * Of("vocab_size"));
        return new DecoderShape(2 * weights, layers * 4 * width, sizeof(float) * weights, layers * 2 * keyWidth * sizeof(float));
    }
}
