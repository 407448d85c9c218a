using System.Runtime.InteropServices;
using System.Text;

namespace ChaosBench.Server.Models.Devices;

/// <summary>
/// <c>libnvidia-ml.so.1</c>, which comes with NVIDIA's driver. Loaded by name when it is asked for, so that a machine without it
/// starts all the same. Signatures: NVML API reference.
/// </summary>
internal sealed unsafe class NvmlLibrary : INvml
{
    public const string FileName = "libnvidia-ml.so.1";

    private const int NameBytes = 96; // NVML_DEVICE_NAME_V2_BUFFER_SIZE
    private const int VersionBytes = 80; // NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE
    private const int DieSensor = 0; // NVML_TEMPERATURE_GPU

    private readonly nint _library;
    private readonly Func<string, nint> _find;
    private bool _initialised;

    /// <param name="find">Gives the address of a function, 0 when there is none: older drivers lack some.</param>
    public NvmlLibrary(nint library, Func<string, nint> find)
    {
        _library = library;
        _find = find;
    }

    /// <summary>Null where there is no such library.</summary>
    public static NvmlLibrary? TryLoad() => NativeLibrary.TryLoad(FileName, out var library)
        ? new NvmlLibrary(library, name => NativeLibrary.TryGetExport(library, name, out var address) ? address : 0)
        : null;

    public int Initialise()
    {
        const int FunctionNotFound = 13; // NVML_ERROR_FUNCTION_NOT_FOUND
        var initialise = (delegate* unmanaged[Cdecl]<int>)_find("nvmlInit_v2");
        var code = initialise is null ? FunctionNotFound : initialise();
        _initialised = code == 0;
        return code;
    }

    public int? Count()
    {
        var call = (delegate* unmanaged[Cdecl]<uint*, int>)_find("nvmlDeviceGetCount_v2");
        uint count = 0;
        return call is not null && call(&count) == 0 ? (int)count : null;
    }

    public nint? Device(int index)
    {
        var call = (delegate* unmanaged[Cdecl]<uint, nint*, int>)_find("nvmlDeviceGetHandleByIndex_v2");
        nint device = 0;
        return call is not null && call((uint)index, &device) == 0 ? device : null;
    }

    public string? Name(nint device)
    {
        var call = (delegate* unmanaged[Cdecl]<nint, byte*, uint, int>)_find("nvmlDeviceGetName");
        var name = stackalloc byte[NameBytes];
        return call is not null && call(device, name, NameBytes) == 0
            ? Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name))
            : null;
    }

    public string? DriverVersion()
    {
        var call = (delegate* unmanaged[Cdecl]<byte*, uint, int>)_find("nvmlSystemGetDriverVersion");
        var version = stackalloc byte[VersionBytes];
        return call is not null && call(version, VersionBytes) == 0
            ? Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(version))
            : null;
    }

    public (long Used, long Total)? Memory(nint device)
    {
        var call = (delegate* unmanaged[Cdecl]<nint, ulong*, int>)_find("nvmlDeviceGetMemoryInfo");
        var memory = stackalloc ulong[3]; // nvmlMemory_t: total, free, used
        return call is not null && call(device, memory) == 0 ? ((long)memory[2], (long)memory[0]) : null;
    }

    public int? Utilisation(nint device)
    {
        var call = (delegate* unmanaged[Cdecl]<nint, uint*, int>)_find("nvmlDeviceGetUtilizationRates");
        var rates = stackalloc uint[2]; // nvmlUtilization_t: gpu, memory
        return call is not null && call(device, rates) == 0 ? (int)rates[0] : null;
    }

    public int? Celsius(nint device)
    {
        var call = (delegate* unmanaged[Cdecl]<nint, int, uint*, int>)_find("nvmlDeviceGetTemperature");
        uint degrees = 0;
        return call is not null && call(device, DieSensor, &degrees) == 0 ? (int)degrees : null;
    }

    public int? Milliwatts(nint device)
    {
        var call = (delegate* unmanaged[Cdecl]<nint, uint*, int>)_find("nvmlDeviceGetPowerUsage");
        uint power = 0;
        return call is not null && call(device, &power) == 0 ? (int)power : null;
    }

    public void Dispose()
    {
        if (_initialised && (delegate* unmanaged[Cdecl]<int>)_find("nvmlShutdown") is var shutdown && shutdown is not null)
        {
            _ = shutdown();
        }

        if (_library != 0)
        {
            NativeLibrary.Free(_library);
        }
    }
}
