using System.Globalization;

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
}
