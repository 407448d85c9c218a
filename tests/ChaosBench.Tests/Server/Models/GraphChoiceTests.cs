using ChaosBench.Server.Models;

namespace ChaosBench.Tests.Server.Models;

public sealed class GraphChoiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chaosbench-choice-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("cpu", "model.onnx model.f16.onnx", "model.onnx", "cpu")]
    [InlineData("cpu", "model.f16.onnx", "model.f16.onnx", "cpu")]
    [InlineData("cuda", "model.onnx model.f16.onnx", "model.f16.onnx", "cuda:0")]
    [InlineData("cuda:2", "model.onnx", "model.onnx", "cuda:2")]
    [InlineData("auto", "model.onnx model.f16.onnx", "model.f16.onnx", "cuda:0")]
    [InlineData("auto", "model.onnx", "model.onnx", "cpu")]
    public void Make_WithACard_TakesTheFormForTheDevice(string device, string files, string graph, string expected)
    {
        var choice = Make(device, files, problem: null, halfCaches: false);

        Assert.Equal((Path.Combine(_folder, graph), expected), (choice.Graph, choice.Device));
        Assert.Equal(device == "auto" && expected == "cpu", choice.Note is not null);
    }

    [Fact]
    public void Make_AutoWithF16CachesInTheOnlyGraph_TakesTheCard() =>
        Assert.Equal((Path.Combine(_folder, "model.onnx"), "cuda:0"), Pair(Make("auto", "model.onnx", problem: null, halfCaches: true)));

    [Fact]
    public void Make_AutoWithF32CachesOnly_SaysWhatWouldTakeItToTheCard() => Assert.Equal(
        "its caches are f32, which CUDA attention does not take, and the folder has no model.f16.onnx",
        Make("auto", "model.onnx", problem: null, halfCaches: false).Note);

    [Fact]
    public void Make_AutoWithoutACard_TakesTheCpusFormAndSaysWhy()
    {
        var choice = Make("auto", "model.onnx model.f16.onnx", "no driver", halfCaches: true);

        Assert.Equal((Path.Combine(_folder, "model.onnx"), "cpu"), Pair(choice));
        Assert.Equal("cuda is not available: no driver", choice.Note);
    }

    [Fact]
    public void Make_ByNameWithoutACard_SaysWhatIsMissingAndTheRemedy() => Assert.EndsWith(
        "model.f16.onnx: cuda:1 is not available: no driver; use --device cpu or auto to run without it",
        Assert.Throws<ModelLoadException>(() => Make("cuda:1", "model.onnx model.f16.onnx", "no driver", halfCaches: true)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Make_NoGraph_NamesTheFile() => Assert.EndsWith(
        "model.onnx: is missing; it holds the decoder as an ONNX graph",
        Assert.Throws<ModelLoadException>(() => Make("auto", "config.json", problem: null, halfCaches: true)).Message,
        StringComparison.Ordinal);

    private static (string, string) Pair(GraphChoice choice) => (choice.Graph, choice.Device);

    private GraphChoice Make(string device, string files, string? problem, bool halfCaches)
    {
        foreach (var file in files.Split(' '))
        {
            File.WriteAllText(Path.Combine(_folder, file), "");
        }

        return GraphChoice.Make(_folder, DeviceChoice.Parse(device), _ => problem, _ => halfCaches);
    }
}
