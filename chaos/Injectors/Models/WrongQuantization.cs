using System.Globalization;
using ChaosBench.Chaos.Models;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Models;

/// <summary><c>model.wrong_quantization</c>: the weights are those of a careless quantization: too few bits, a scale that is off.</summary>
internal sealed class WrongQuantization(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer)
    : ModelFault(fault, seed, targets, announcer)
{
    /// <summary>Smaller ones are norms and biases, which no quantizer touches.</summary>
    private const int LeastNumbers = 1024;

    private static readonly FaultParameter Bits = new("bits", "count", "4", "Bits of a weight after it, one scale a tensor.") { Least = "2", Most = "16" };
    private static readonly FaultParameter Scale = new("scale", "share", "100%", "The scale that is written, of the right one.") { Least = "1%", Most = "100%" };

    public static FaultKind Kind { get; } = Entry(
        "model.wrong_quantization", "One replica serves its weights rounded to a few bits, with a scale that may be wrong.",
        "The version or its hash does not match and the replica is refused; else a gate on quality finds it.", "bits: 4, scale: 90%", Bits, Scale);

    public override string? RefusalOf(string folder) => Chosen(folder).Count > 0 ? null
        : $"finds no weights of f32 or f16 with at least {LeastNumbers} numbers in {folder}; there is nothing that it could round";

    protected override string Damage(string original, DamagedCopy copy)
    {
        var bits = Bits.CountOf(Fault.Fault);
        var scale = Scale.ShareOf(Fault.Fault);
        var chosen = Chosen(copy.Folder);
        foreach (var tensor in chosen)
        {
            Round(tensor, bits, (float)scale);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{chosen.Count} weights rounded to {bits} bits at {scale * 100:0.#} % of their scale");
    }

    private static List<WeightTensor> Chosen(string folder) =>
        [.. ModelWeights.Find(Path.Combine(folder, "model.onnx")).Where(tensor => tensor.Type.IsFloat && tensor.Count >= LeastNumbers)];

    /// <summary>Symmetric, one scale a tensor: round(w / step) * step, with step = max|w| / (2^(bits-1) - 1).</summary>
    private static void Round(WeightTensor tensor, int bits, float scale)
    {
        using var file = new FileStream(tensor.File, FileMode.Open, FileAccess.ReadWrite);
        var bytes = new byte[tensor.Length];
        file.Position = tensor.Offset;
        file.ReadExactly(bytes);
        var size = tensor.Type.Bytes;
        var most = 0f;
        for (var at = 0; at + size <= bytes.Length; at += size)
        {
            most = Math.Max(most, Math.Abs(tensor.Type.Read(bytes.AsSpan(at, size))));
        }

        var step = most / ((1 << (bits - 1)) - 1);
        for (var at = 0; most > 0 && at + size <= bytes.Length; at += size)
        {
            var number = bytes.AsSpan(at, size);
            tensor.Type.Write(number, MathF.Round(tensor.Type.Read(number) / step) * step * scale);
        }

        file.Position = tensor.Offset;
        file.Write(bytes);
    }
}
