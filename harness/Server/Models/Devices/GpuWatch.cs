namespace ChaosBench.Server.Models.Devices;

/// <summary>Reads the NVIDIA cards of this machine through NVML. Without the library or a card there are no readings. Safe for any number of threads.</summary>
public sealed class GpuWatch : IDisposable
{
    private const int MostCards = 64;

    private readonly Lock _lock = new(); // guards _nvml: readings end before it is unloaded
    private readonly List<(int Index, nint Device, string? Name)> _cards = [];
    private INvml? _nvml;

    internal GpuWatch(INvml? nvml)
    {
        if (nvml is null)
        {
            Problem = $"{NvmlLibrary.FileName} is not there: no NVIDIA driver is installed";
            return;
        }

        if (nvml.Initialise() is not 0 and var code)
        {
            nvml.Dispose();
            Problem = FormattableString.Invariant(
                $"{NvmlLibrary.FileName} is there and does not start (NVML error {code}); 'nvidia-smi' tells why, often a driver that was updated and not loaded again");
            return;
        }

        _nvml = nvml;
        for (var index = 0; index < Math.Min(nvml.Count() ?? 0, MostCards); index++)
        {
            if (nvml.Device(index) is { } device)
            {
                _cards.Add((index, device, nvml.Name(device)));
            }
        }

        DriverVersion = nvml.DriverVersion();
        Problem = _cards.Count == 0 ? "NVIDIA's driver is there and shows no card to this process" : null;
    }

    /// <summary>Why there are no readings; null when there are.</summary>
    public string? Problem { get; }

    /// <summary>Of NVIDIA's driver; null where it does not tell.</summary>
    public string? DriverVersion { get; }

    /// <summary>Never fails: a machine without a card is as good as any.</summary>
    public static GpuWatch Open() => new(NvmlLibrary.TryLoad());

    /// <summary>One reading a card; empty where there is none.</summary>
    public IReadOnlyList<GpuReading> Read()
    {
        lock (_lock)
        {
            return _nvml is { } nvml ? [.. _cards.Select(card => Read(nvml, card))] : [];
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _nvml?.Dispose();
            _nvml = null;
        }
    }

    private static GpuReading Read(INvml nvml, (int Index, nint Device, string? Name) card)
    {
        var memory = nvml.Memory(card.Device);
        return new GpuReading(
            card.Index, card.Name, memory?.Used, memory?.Total, nvml.Utilisation(card.Device) / 100.0, nvml.Celsius(card.Device),
            nvml.Milliwatts(card.Device) / 1000.0);
    }
}
