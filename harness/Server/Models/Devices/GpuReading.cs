namespace ChaosBench.Server.Models.Devices;

/// <summary>One NVIDIA card at one moment. What the driver does not tell is null, never zero.</summary>
/// <param name="MemoryUsed">Bytes, of all processes.</param>
/// <param name="MemoryTotal">Bytes.</param>
/// <param name="Utilisation">Share of the last sample period in which a kernel ran, 0 to 1.</param>
/// <param name="Celsius">Of the die.</param>
/// <param name="Watts">Drawn by the board.</param>
public sealed record GpuReading(
    int Index, string? Name, long? MemoryUsed, long? MemoryTotal, double? Utilisation, int? Celsius, double? Watts);
