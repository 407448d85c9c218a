using System.Runtime.InteropServices;
using ChaosBench.Chaos.Models;

namespace ChaosBench.Tests.Server.Models;

public class HalfFormTests
{
    /// <summary>The form for cards is what half.py makes of the graph beside it, and not of an earlier one.</summary>
    [SkippableFact]
    public void Weights_OfTheFormForCards_AreTheReferencesRounded()
    {
        var folder = TriageModel.RequireFolder();
        var plain = ModelWeights.Find(Path.Combine(folder, "model.onnx"));
        var half = ModelWeights.Find(Path.Combine(folder, "model.f16.onnx")).ToDictionary(weight => weight.Name);

        Assert.Equal(plain.Select(weight => weight.Name).Order(StringComparer.Ordinal), half.Keys.Order(StringComparer.Ordinal));
        var floats = plain.Where(weight => weight.Length == 2 * half[weight.Name].Length).ToArray();
        Assert.True(floats.Sum(weight => weight.Count) > 1_000_000);
        foreach (var weight in floats)
        {
            Half[] expected = [.. MemoryMarshal.Cast<byte, float>(Bytes(weight)).ToArray().Select(value => (Half)value)];
            Assert.Equal(expected, MemoryMarshal.Cast<byte, Half>(Bytes(half[weight.Name])).ToArray());
        }

        Assert.All(plain.Except(floats), weight => Assert.Equal(Bytes(weight), Bytes(half[weight.Name])));
    }

    private static byte[] Bytes(WeightTensor weight)
    {
        using var file = File.OpenRead(weight.File);
        file.Position = weight.Offset;
        var bytes = new byte[weight.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
