using System.Globalization;
using ChaosBench.Server.Models.Devices;

namespace ChaosBench.Server.Models;

/// <summary>Where a model shall run: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
internal sealed record DeviceChoice(bool Cuda, bool Required, int Index)
{
    /// <exception cref="ArgumentException">Not one of the four forms.</exception>
    public static DeviceChoice Parse(string text)
    {
        switch (text)
        {
            case "auto":
                return new DeviceChoice(Cuda: true, Required: false, 0);
            case "cpu":
                return new DeviceChoice(Cuda: false, Required: true, 0);
            case "cuda":
                return new DeviceChoice(Cuda: true, Required: true, 0);
            default:
                return text.StartsWith("cuda:", StringComparison.Ordinal)
                    && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                        ? new DeviceChoice(Cuda: true, Required: true, index)
                        : throw new ArgumentException($"device '{text}' is not known; write auto, cpu, cuda or cuda:N", nameof(text));
        }
    }

    /// <summary>Where an encoder runs: on a card only when one was asked for by name, because encoders are shipped in f32 and small.</summary>
    /// <returns><c>cpu</c> or <c>cuda:N</c>, and why a wanted card is not used.</returns>
    /// <exception cref="ModelLoadException">CUDA was asked for by name and is not to be had.</exception>
    public (string Device, string? Note) ResolveEncoder(string place)
    {
        if (!Cuda)
        {
            return ("cpu", null);
        }

        var problem = CudaProvider.Find(Index, out _);
        if (!Required)
        {
            return ("cpu", problem is null ? "encoders run on a card only when it is asked for by name" : $"cuda is not available: {problem}");
        }

        return problem is null
            ? ($"cuda:{Index}", null)
            : throw new ModelLoadException(place, $"cuda:{Index} is not available: {problem}; use --device cpu or auto to run without it");
    }
}
