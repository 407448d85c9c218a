using System.IO.Enumeration;
using ChaosBench.Chaos.Models;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Models;

/// <summary><c>model.weight_bitflip</c>: bits of the weights are flipped, as by a failing memory or a damaged file.</summary>
internal sealed class WeightBitFlip(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer)
    : ModelFault(fault, seed, targets, announcer)
{
    private static readonly FaultParameter Count = new("count", "count", "16", "Bits that are flipped, each drawn anew.") { Least = "1", Most = "1000000" };

    private static readonly FaultParameter Bits =
        new("bits", "text", "exponent", "Which bits of a number: exponent-top makes small ones huge, those of the mantissa are mostly masked.")
        { Choices = ["any", "sign", "exponent", "exponent-top", "mantissa"] };

    private static readonly FaultParameter Tensors = new("tensors", "text", "*", "Names of the weights, with * for any text.");

    public static FaultKind Kind { get; } = Entry(
        "model.weight_bitflip", "Chosen bits of the weights of one replica are flipped, drawn from the seed, in a copy of its files.",
        "Canary prompts or a monitor of the outputs find the replica, and it is taken out; the others' answers stay right.",
        "count: 16, bits: exponent, tensors: \"*embed*\"", Count, Bits, Tensors);

    private BitClass Class => Bits.TextOf(Fault.Fault) switch
    {
        "any" => BitClass.Any,
        "sign" => BitClass.Sign,
        "exponent" => BitClass.Exponent,
        "exponent-top" => BitClass.ExponentTop,
        "mantissa" => BitClass.Mantissa,
        var word => throw new FaultRefusedException($"{Fault.Fault.Id}: '{word}' is no class of bits"),
    };

    public override string? RefusalOf(string folder)
    {
        var all = ModelWeights.Find(Path.Combine(folder, "model.onnx"));
        return Chosen(all).Count > 0 ? null
            : $"finds no weight named {Tensors.TextOf(Fault.Fault)} with bits of class {Bits.TextOf(Fault.Fault)} in {folder}; it has "
            + $"{all.Count} weights, such as {string.Join(", ", all.Take(3).Select(tensor => tensor.Name))}";
    }

    protected override string Damage(string original, DamagedCopy copy)
    {
        var tensors = Chosen(ModelWeights.Find(copy.Own("model.onnx")));
        var numbers = tensors.Sum(tensor => tensor.Count);
        var random = Random;
        var hit = new HashSet<string>(StringComparer.Ordinal);
        var count = Count.CountOf(Fault.Fault);
        foreach (var flips in Enumerable.Range(0, count).Select(_ => Draw(tensors, numbers, random)).GroupBy(flip => flip.Tensor.File))
        {
            using var file = new FileStream(flips.Key, FileMode.Open, FileAccess.ReadWrite);
            foreach (var (tensor, number, bit) in flips)
            {
                file.Position = tensor.Offset + (number * tensor.Type.Bytes) + (bit / 8);
                var changed = (byte)(file.ReadByte() ^ (1 << (bit % 8)));
                file.Position--;
                file.WriteByte(changed);
                hit.Add(tensor.Name);
            }
        }

        return FormattableString.Invariant($"{count} bits ({Bits.TextOf(Fault.Fault)}) of {hit.Count} weights flipped, in {numbers} numbers");
    }

    private List<WeightTensor> Chosen(IReadOnlyList<WeightTensor> all) => [.. all.Where(tensor =>
        FileSystemName.MatchesSimpleExpression(Tensors.TextOf(Fault.Fault), tensor.Name, ignoreCase: false) && tensor.Type.Range(Class) is not null)];

    /// <summary>Every number is as likely as every other, whatever weight it belongs to.</summary>
    private (WeightTensor Tensor, long Number, int Bit) Draw(List<WeightTensor> tensors, long numbers, SplitMix64 random)
    {
        var number = (long)(random.NextDouble() * numbers);
        var at = 0;
        while (number >= tensors[at].Count)
        {
            number -= tensors[at++].Count;
        }

        var (first, width) = tensors[at].Type.Range(Class)!.Value;
        return (tensors[at], number, first + random.Next(width));
    }
}
