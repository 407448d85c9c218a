using ChaosBench.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Models;

/// <summary>The reference model that the repository ships, loaded once per test run.</summary>
internal static class TriageModel
{
    private static readonly Lazy<ModelFolder> Loaded = new(() => ModelFolder.Load(Find()!, "cpu"));

    public static ModelFolder Require()
    {
        Skip.If(Find() is null, "scenarios/models/triage-v1 is not there");
        return Loaded.Value;
    }

    public static string RequireFolder()
    {
        Skip.If(Find() is null, "scenarios/models/triage-v1 is not there");
        return Find()!;
    }

    private static string? Find()
    {
        var folder = Path.Combine(Repository.Root, "scenarios", "models", "triage-v1");
        return File.Exists(Path.Combine(folder, "model.onnx")) ? folder : null;
    }
}
