namespace ChaosBench.Benchmarks.Gpu;

/// <summary>A benchmark that this machine cannot run; the message has a line for everything that is missing.</summary>
internal sealed class NotRunException(string message) : Exception(message);

/// <summary>What the comparison on a card needs, and how to get it.</summary>
internal static class GpuNeeds
{
    /// <param name="card">Why there is no card; null when there is one. So with the others.</param>
    /// <param name="provider">Why ONNX Runtime's CUDA provider does not load.</param>
    /// <param name="torch">Why PyTorch does not run on a card.</param>
    /// <param name="graphs">Files that the models are made of.</param>
    /// <exception cref="NotRunException">Something is missing; all of it is told.</exception>
    public static void Require(string? card, string? provider, string? torch, IEnumerable<string> graphs)
    {
        var missing = new List<string>();
        Add("an NVIDIA card", card);
        Add("ONNX Runtime on CUDA", provider);
        Add("PyTorch on CUDA", torch);
        foreach (var graph in graphs.Where(graph => !File.Exists(graph)))
        {
            Add(Path.GetFileName(graph), $"{graph} is not there; scenarios/models/training/README.md says what makes it");
        }

        if (missing.Count > 0)
        {
            throw new NotRunException(string.Join('\n', missing));
        }

        void Add(string what, string? problem)
        {
            if (problem is not null)
            {
                missing.Add($"  missing: {what}: {problem}");
            }
        }
    }
}
