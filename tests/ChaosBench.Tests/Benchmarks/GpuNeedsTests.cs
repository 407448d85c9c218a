using ChaosBench.Benchmarks.Gpu;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Benchmarks;

public class GpuNeedsTests
{
    [Fact]
    public void Require_NothingMissing_IsSilent()
    {
        using var folder = new TempFolder();
        GpuNeeds.Require(null, null, null, [folder.File("model.f16.onnx", "")]);
    }

    [Fact]
    public void Require_NoCard_TellsAllThatIsMissingAtOnce()
    {
        var error = Assert.Throws<NotRunException>(() => GpuNeeds.Require("no driver", "no library", "no python3", ["/nowhere/model.f16.onnx"]));

        Assert.Equal(
            """
              missing: an NVIDIA card: no driver
              missing: ONNX Runtime on CUDA: no library
              missing: PyTorch on CUDA: no python3
              missing: model.f16.onnx: /nowhere/model.f16.onnx is not there; scenarios/models/training/README.md says what makes it
            """,
            error.Message);
    }
}
