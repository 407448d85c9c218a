using ChaosBench.Reports.Judging;
using ChaosBench.Tests.Server;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

public sealed class ServeCudaGraphsTests : IDisposable
{
    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("--cuda-graphs on --device cpu", "cannot have CUDA graphs: the model runs on the CPU; use --device cuda, or --cuda-graphs auto")]
    [InlineData("--cuda-graphs on --replicas 2", "cannot have CUDA graphs: 2 replicas share this process")]
    [InlineData("--cuda-graphs on --canary {0}", "cannot have CUDA graphs: 2 replicas share this process")]
    [InlineData("--cuda-graphs on --replicas 2 --isolation process --device cpu", "the model runs on the CPU")]
    [InlineData("--cuda-graphs yes", "--cuda-graphs yes: not known; write one of auto, on, off")]
    public async Task Serve_GraphsThatCannotBe_SaysWhyAndServesNothing(string options, string expected)
    {
        var model = Repository.Path("scenarios", "models", "triage-v1");

        var code = await _session.CallAsync(
            ["serve", model, "--port", "0", .. options.Split(' ').Select(option => option == "{0}" ? model : option)]).WaitAsync(FakeModel.Patience);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(expected, _session.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("serving", _session.Error, StringComparison.Ordinal);
    }
}
