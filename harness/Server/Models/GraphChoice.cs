namespace ChaosBench.Server.Models;

/// <summary>Which graph of a decoder's folder runs where.</summary>
/// <param name="Graph">The file.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="Note">Why a wanted device is not used; null where there is nothing to say.</param>
internal sealed record GraphChoice(string Graph, string Device, string? Note)
{
    public const string Plain = "model.onnx";

    /// <summary>The same model in f16, for cards: GroupQueryAttention has kernels for f16 and bf16 alone there.</summary>
    public const string Half = "model.f16.onnx";

    /// <summary>
    /// <list type="bullet">
    /// <item><c>cpu</c>: <see cref="Plain"/>; <see cref="Half"/> where the folder has nothing else.</item>
    /// <item><c>cuda</c>: <see cref="Half"/>; <see cref="Plain"/> where the folder has nothing else.</item>
    /// <item><c>auto</c>: a card when it is to be had and the folder has <see cref="Half"/>, or a <see cref="Plain"/> with f16 caches; otherwise the CPU.</item>
    /// </list>
    /// </summary>
    /// <param name="cudaProblem">What keeps models from a card, by its number; null when nothing does.</param>
    /// <param name="hasHalfCaches">Looks into a graph; asked only where the answer decides.</param>
    /// <exception cref="ModelLoadException">The folder has no graph, or CUDA was asked for by name and is not to be had.</exception>
    public static GraphChoice Make(string folder, DeviceChoice choice, Func<int, string?> cudaProblem, Func<string, bool> hasHalfCaches)
    {
        var (plain, half) = (Path.Combine(folder, Plain), Path.Combine(folder, Half));
        var (hasPlain, hasHalf) = (File.Exists(plain), File.Exists(half));
        if (!hasPlain && !hasHalf)
        {
            throw new ModelLoadException(plain, "is missing; it holds the decoder as an ONNX graph");
        }

        var (forCpu, forCuda) = (hasPlain ? plain : half, hasHalf ? half : plain);
        if (!choice.Cuda)
        {
            return new GraphChoice(forCpu, "cpu", null);
        }

        if (cudaProblem(choice.Index) is { } problem)
        {
            return choice.Required
                ? throw new ModelLoadException(forCuda, $"cuda:{choice.Index} is not available: {problem}; use --device cpu or auto to run without it")
                : new GraphChoice(forCpu, "cpu", $"cuda is not available: {problem}");
        }

        return choice.Required || hasHalf || hasHalfCaches(plain)
            ? new GraphChoice(forCuda, $"cuda:{choice.Index}", null)
            : new GraphChoice(plain, "cpu", $"its caches are f32, which CUDA attention does not take, and the folder has no {Half}");
    }
}
