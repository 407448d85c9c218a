namespace ChaosBench.Server.Models.Devices;

/// <summary>The few calls of NVIDIA's management library that are used; the seam where tests put a card of their own.</summary>
internal interface INvml : IDisposable
{
    /// <summary>NVML's own code; 0 is success.</summary>
    int Initialise();

    /// <summary>Null where the call does not succeed; so with all below.</summary>
    int? Count();

    nint? Device(int index);

    string? Name(nint device);

    string? DriverVersion();

    (long Used, long Total)? Memory(nint device);

    /// <summary>Percent.</summary>
    int? Utilisation(nint device);

    int? Celsius(nint device);

    int? Milliwatts(nint device);
}
