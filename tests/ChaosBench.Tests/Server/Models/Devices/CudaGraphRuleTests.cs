using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
using ChaosBench.Server.Scheduling;

namespace ChaosBench.Tests.Server.Models.Devices;

public class CudaGraphRuleTests
{
    [Fact]
    public void Options_Captures_AreTheProvidersOwn()
    {
        Assert.Equal([KeyValuePair.Create("enable_cuda_graph", "1")], CudaProvider.Options(graphs: true));
        Assert.Empty(CudaProvider.Options(graphs: false));
    }

    [Theory]
    [InlineData("auto", "cuda:0", "Shared", true)]
    [InlineData("on", "cuda:0", "Shared", true)]
    [InlineData("off", "cuda:0", "Shared", false)]
    [InlineData("auto", "cpu", "Shared", false)]
    [InlineData("auto", "cuda:0", "GrowingPaddedLeft", false)]
    public void Resolve_WhereStepsHaveOneShape_Captures(string wish, string device, string form, bool expected) =>
        Assert.Equal(expected, CudaGraphRule.Resolve("model.onnx", Enum.Parse<CudaGraphs>(wish, ignoreCase: true), device, Enum.Parse<CacheForm>(form)));

    [Theory]
    [InlineData("cpu", "Shared", "model.onnx: cannot have CUDA graphs: the model runs on the CPU; use --device cuda, or --cuda-graphs auto")]
    [InlineData("cuda:0", "GrowingPaddedRight", "model.onnx: cannot have CUDA graphs: its caches grow, so no step has the shape of another; "
        + "export it with past and present in one buffer, or use --cuda-graphs auto")]
    public void Resolve_AskedForAndImpossible_SaysWhyAndTheRemedy(string device, string form, string expected) => Assert.Equal(
        expected, Assert.Throws<ModelLoadException>(() => CudaGraphRule.Resolve("model.onnx", CudaGraphs.On, device, Enum.Parse<CacheForm>(form))).Message);

    [Fact]
    public void Among_SeveralReplicasOfAProcess_NoneCaptures()
    {
        Assert.Equal((CudaGraphs.Auto, CudaGraphs.On), (CudaGraphRule.Among("m", CudaGraphs.Auto, 1), CudaGraphRule.Among("m", CudaGraphs.On, 1)));
        Assert.Equal((CudaGraphs.Off, CudaGraphs.Off), (CudaGraphRule.Among("m", CudaGraphs.Auto, 2), CudaGraphRule.Among("m", CudaGraphs.Off, 2)));
        Assert.Equal(
            "m: cannot have CUDA graphs: 2 replicas share this process, and capturing one would break the others; use --isolation process, or --replicas 1",
            Assert.Throws<ModelLoadException>(() => CudaGraphRule.Among("m", CudaGraphs.On, 2)).Message);
    }

    [SkippableFact]
    public async Task Start_AskedForOnTheCpu_IsALoadError()
    {
        await using var replica = TriageModel.Require().CreateReplica(0, new ReplicaOptions { Slots = 1, CudaGraphs = CudaGraphs.On });

        Assert.Contains("the model runs on the CPU", (await Assert.ThrowsAsync<ModelLoadException>(() => replica.StartAsync(default))).Message, StringComparison.Ordinal);
    }

    /// <summary>The CPU takes the run option and ignores it, so which steps name a graph can be looked at here.</summary>
    [SkippableFact]
    public void Decode_ShapeThatRecurs_IsAGraphOfItsOwn()
    {
        var folder = TriageModel.RequireFolder();
        var place = Path.Combine(folder, "model.onnx");
        var session = SessionFactory.Open(place, "cpu", threads: 1);
        var decoder = DecoderInterface.Read(place, session, ModelConfig.Read(folder));
        using var runner = new SharedCacheRunner(new OpenedGraph(place, session, decoder, new HostMemory(), Captures: true), new RunnerSizes(3, 256, 16));
        var captured = new List<int>();

        Decode(rows: 1, from: 1, steps: 3);
        Decode(rows: 1, from: 4, steps: 10);
        Decode(rows: 2, from: 1, steps: 10);
        Decode(rows: 1, from: 60, steps: 10);
        for (var chunk = 0; chunk < 10; chunk++)
        {
            runner.Prefill(2, [9], past: chunk);
        }

        // The mask of the last ten steps is 64 positions wide and then 128.
        Assert.Equal([0, 1, 2, 3], captured);
        Assert.Equal(3, runner.Captured);

        void Decode(int rows, int from, int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                runner.Decode(new int[rows], [.. Enumerable.Repeat(from + step, rows)]);
            }

            captured.Add(runner.Captured);
        }
    }

    [Fact]
    public void Terminate_EndsTheCallsThereAreAndThoseToCome()
    {
        using var options = new CallOptions(graphs: true);
        var before = options.Add(1);

        options.Terminate();

        Assert.True(options.Plain.Terminate && before.Terminate && options.Add(2).Terminate);
    }
}
