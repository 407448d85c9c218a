using ChaosBench.Harness;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Packaging;

/// <summary>The image of docs/packaging, in a real engine: no shell in it, no network, nothing to write to but what it is given.</summary>
[Collection(DockerTests.Name)]
public sealed class ContainerImageTests(DockerServer docker) : IDisposable
{
    /// <summary>As strict as the recipe for Kubernetes.</summary>
    private const string Strict = "docker run --rm --network none --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Version_InTheContainer_IsTheBuilds()
    {
        var image = await docker.ImageAsync();

        Assert.Equal(ToolVersion.Text, await docker.ShellAsync("/", $"{Strict} {image} --version"));
    }

    [SkippableFact]
    public async Task Doctor_InTheContainer_MissesNothing()
    {
        var image = await docker.ImageAsync();

        var said = await docker.ShellAsync("/", $"{Strict} {image} doctor");

        Assert.Contains("onnx runtime", said, StringComparison.Ordinal);
        Assert.DoesNotContain("missing", said, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task User_IsNobodyWithAName() =>
        Assert.Equal("65532:65532", await docker.ShellAsync("/", $"docker image inspect --format '{{{{.Config.User}}}}' {await docker.ImageAsync()}"));

    [SkippableFact]
    public async Task Run_ModelInTheContainer_LeavesItsFolderInTheVolume()
    {
        var image = await docker.ImageAsync();
        TinyRun.File(_folder, "{ type: onnx, model: /model, device: cpu, isolation: process }");
        // The container's user has no rights to what a test makes for itself alone.
        await Shell.DoAsync(_folder.Path, "mkdir runs && chmod 777 . runs && chmod 644 tiny.yaml p.jsonl");

        await docker.ShellAsync("/", $"{Strict} --volume {TinyRun.Model}:/model:ro --volume {_folder.Path}:/bench {image} run tiny.yaml --out runs");

        TinyRun.HoldsAPass(Path.Combine(_folder.Path, "runs"));
    }
}
