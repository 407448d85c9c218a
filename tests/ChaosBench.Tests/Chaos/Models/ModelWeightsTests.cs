using ChaosBench.Chaos.Models;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Models;

public sealed class ModelWeightsTests : IDisposable
{
    private static readonly string Triage = Repository.Path("scenarios", "models", "triage-v1", "model.onnx");
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_ReferenceModel_FindsFiniteNumbersInsideTheFile()
    {
        var weights = ModelWeights.Find(Triage);
        var bytes = File.ReadAllBytes(Triage);

        Assert.True(weights.Count > 10);
        Assert.InRange(weights.Sum(weight => weight.Count), 1_000_000, 1_100_000);
        Assert.All(weights.Where(weight => weight.Type.IsFloat), weight =>
        {
            for (var at = 0; at < weight.Count; at++)
            {
                var number = weight.Type.Read(bytes.AsSpan((int)weight.Offset + (at * weight.Type.Bytes), weight.Type.Bytes));
                Assert.True(Math.Abs(number) < 100, $"{weight.Name}[{at}] is {number}");
            }
        });
    }

    [Fact]
    public void Find_ExternalData_LiesInTheOtherFile()
    {
        using var model = GrowingModel.OfTriage("triage-growing");

        var weights = ModelWeights.Find(model.Of("model.onnx"));

        Assert.Contains(weights, weight => weight.File == model.Of("model.onnx.data"));
    }

    [Fact]
    public void Find_ExternalDataMissing_NamesTheFile()
    {
        using var model = GrowingModel.OfTriage("triage-growing");
        File.Delete(model.Of("model.onnx.data"));

        var flaw = Assert.Throws<InvalidDataException>(() => ModelWeights.Find(model.Of("model.onnx")));

        Assert.Contains("model.onnx.data", flaw.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5000)]
    [InlineData(2_000_000)]
    public void Find_CutFile_IsRefusedNotMisread(int length)
    {
        var cut = _folder.File("cut.onnx", "");
        File.WriteAllBytes(cut, File.ReadAllBytes(Triage)[..length]);

        Assert.Throws<InvalidDataException>(() => ModelWeights.Find(cut));
    }

    [Fact]
    public void Find_RandomBytes_EndsWithoutOtherExceptions()
    {
        var random = ChaosBench.Scenarios.Planning.KeyedHash.Stream(7, "hostile");
        for (var round = 0; round < 200; round++)
        {
            var bytes = Enumerable.Range(0, 400).Select(_ => (byte)random.Next(256)).ToArray();
            // A graph of the right number, so that the walk goes in.
            (bytes[0], bytes[1]) = (0x3A, 0x7F);
            var path = _folder.File("noise.onnx", "");
            File.WriteAllBytes(path, bytes);
            try
            {
                ModelWeights.Find(path);
            }
            catch (InvalidDataException)
            {
                // What it is for.
            }
        }
    }
}
