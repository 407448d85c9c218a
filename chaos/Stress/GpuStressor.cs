using System.Runtime.InteropServices;

namespace ChaosBench.Chaos.Stress;

/// <summary>Holds memory of an NVIDIA card, through the driver's own library; leaves what it must not take.</summary>
internal sealed partial class GpuStressor(int index, long bytes) : IStressor
{
    /// <summary>Stays free, whatever is asked for: other contexts of the card need a little to live.</summary>
    private const long Reserve = 512L << 20;

    private nint _context;
    private ulong _memory;

    /// <summary>Why there is no card to press on; null where there may be one.</summary>
    public static string? RefusalOf()
    {
        if (!Directory.Exists("/dev") || !Directory.EnumerateFiles("/dev", "nvidia*").Any(file => char.IsAsciiDigit(file[^1])))
        {
            return "needs an NVIDIA GPU, and this machine has none";
        }

        if (!NativeLibrary.TryLoad(Cuda, out var library))
        {
            return "needs NVIDIA's driver library libcuda.so.1, which is not installed";
        }

        NativeLibrary.Free(library);
        return null;
    }

    public string Start()
    {
        if (RefusalOf() is { } none)
        {
            return "refused " + none;
        }

        if (Init(0) != 0 || GetDevice(out var device, index) != 0 || CreateContext(out _context, 0, device) != 0)
        {
            return FormattableString.Invariant($"refused cuda:{index} gives no context; 'nvidia-smi' shows which cards there are");
        }

        if (Memory(out var free, out var total) != 0 || bytes > (long)free - Reserve)
        {
            return FormattableString.Invariant(
                $"refused {bytes >> 20} MiB would leave less than {Reserve >> 20} MiB of cuda:{index}, which has {(long)free >> 20} MiB free; ask for less");
        }

        return Allocate(out _memory, (nuint)bytes) == 0
            ? FormattableString.Invariant($"{StressHost.Ready} {bytes >> 20} MiB of cuda:{index} held, {((long)free - bytes) >> 20} of {(long)total >> 20} MiB left")
            : FormattableString.Invariant($"refused cuda:{index} does not give {bytes >> 20} MiB in one piece");
    }

    public void Dispose()
    {
        if (_memory != 0)
        {
            _ = Free(_memory);
            _memory = 0;
        }

        if (_context != 0)
        {
            _ = DestroyContext(_context);
            _context = 0;
        }
    }

    private const string Cuda = "libcuda.so.1";

    [LibraryImport(Cuda, EntryPoint = "cuInit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Init(uint flags);

    [LibraryImport(Cuda, EntryPoint = "cuDeviceGet")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetDevice(out int device, int ordinal);

    [LibraryImport(Cuda, EntryPoint = "cuCtxCreate_v2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CreateContext(out nint context, uint flags, int device);

    [LibraryImport(Cuda, EntryPoint = "cuCtxDestroy_v2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DestroyContext(nint context);

    [LibraryImport(Cuda, EntryPoint = "cuMemGetInfo_v2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Memory(out nuint free, out nuint total);

    [LibraryImport(Cuda, EntryPoint = "cuMemAlloc_v2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Allocate(out ulong pointer, nuint bytes);

    [LibraryImport(Cuda, EntryPoint = "cuMemFree_v2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Free(ulong pointer);
}
