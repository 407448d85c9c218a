using System.Runtime.InteropServices;
using System.Text;

namespace ChaosBench.Server.Models.Devices;

/// <summary>
/// <c>libcudart.so.13</c>, which ONNX Runtime's CUDA provider needs too. Loaded by name when it is asked for. Everything goes to the default
/// stream. Signatures: CUDA Runtime API reference, "Memory Management".
/// </summary>
internal sealed unsafe class CudaRuntimeLibrary : ICudaRuntime
{
    // The provider is built for 13; 12 has the same signatures and may be what another build of the provider brings.
    private static readonly string[] FileNames = ["libcudart.so.13", "libcudart.so.12"];

    private const int HostToDevice = 1;
    private const int DeviceToHost = 2;
    private const int DeviceToDevice = 3;

    private readonly delegate* unmanaged[Cdecl]<int, int> _setDevice;
    private readonly delegate* unmanaged[Cdecl]<nint*, nuint, int> _malloc;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _free;
    private readonly delegate* unmanaged[Cdecl]<nint*, nuint, uint, int> _hostAlloc;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _freeHost;
    private readonly delegate* unmanaged[Cdecl]<nuint*, nuint*, int> _memGetInfo;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, nuint, int, int> _memcpy;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, nuint, int, nint, int> _memcpyAsync;
    private readonly delegate* unmanaged[Cdecl]<nint, nuint, nint, nuint, nuint, nuint, int, nint, int> _memcpy2D;
    private readonly delegate* unmanaged[Cdecl]<nint, nuint, int, nuint, nuint, nint, int> _memset2D;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _streamSynchronize;
    private readonly delegate* unmanaged[Cdecl]<int, byte*> _getErrorString;

    /// <param name="find">Gives the address of a function, 0 when there is none.</param>
    /// <exception cref="EntryPointNotFoundException">A function is missing.</exception>
    public CudaRuntimeLibrary(Func<string, nint> find)
    {
        _setDevice = (delegate* unmanaged[Cdecl]<int, int>)Require("cudaSetDevice");
        _malloc = (delegate* unmanaged[Cdecl]<nint*, nuint, int>)Require("cudaMalloc");
        _free = (delegate* unmanaged[Cdecl]<nint, int>)Require("cudaFree");
        _hostAlloc = (delegate* unmanaged[Cdecl]<nint*, nuint, uint, int>)Require("cudaHostAlloc");
        _freeHost = (delegate* unmanaged[Cdecl]<nint, int>)Require("cudaFreeHost");
        _memGetInfo = (delegate* unmanaged[Cdecl]<nuint*, nuint*, int>)Require("cudaMemGetInfo");
        _memcpy = (delegate* unmanaged[Cdecl]<nint, nint, nuint, int, int>)Require("cudaMemcpy");
        _memcpyAsync = (delegate* unmanaged[Cdecl]<nint, nint, nuint, int, nint, int>)Require("cudaMemcpyAsync");
        _memcpy2D = (delegate* unmanaged[Cdecl]<nint, nuint, nint, nuint, nuint, nuint, int, nint, int>)Require("cudaMemcpy2DAsync");
        _memset2D = (delegate* unmanaged[Cdecl]<nint, nuint, int, nuint, nuint, nint, int>)Require("cudaMemset2DAsync");
        _streamSynchronize = (delegate* unmanaged[Cdecl]<nint, int>)Require("cudaStreamSynchronize");
        _getErrorString = (delegate* unmanaged[Cdecl]<int, byte*>)Require("cudaGetErrorString");

        nint Require(string name) => find(name) is not 0 and var address
            ? address
            : throw new EntryPointNotFoundException($"CUDA's runtime library has no {name}");
    }

    /// <summary>Null where there is no such library. It stays loaded, as the provider that needs it does.</summary>
    public static CudaRuntimeLibrary? TryLoad()
    {
        foreach (var name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return new CudaRuntimeLibrary(function => NativeLibrary.TryGetExport(library, function, out var address) ? address : 0);
            }
        }

        return null;
    }

    public int SetDevice(int device) => _setDevice(device);

    public int Allocate(long bytes, out nint address)
    {
        nint found = 0;
        var code = _malloc(&found, (nuint)bytes);
        address = found;
        return code;
    }

    public int Free(nint address) => _free(address);

    public int AllocateHost(long bytes, out nint address)
    {
        nint found = 0;
        var code = _hostAlloc(&found, (nuint)bytes, 0);
        address = found;
        return code;
    }

    public int FreeHost(nint address) => _freeHost(address);

    public int MemoryInfo(out long free, out long total)
    {
        nuint freeBytes = 0, totalBytes = 0;
        var code = _memGetInfo(&freeBytes, &totalBytes);
        (free, total) = ((long)freeBytes, (long)totalBytes);
        return code;
    }

    public int Copy(nint from, nint to, Lines lines) => _memcpy2D(
        to, (nuint)lines.ToStride, from, (nuint)lines.FromStride, (nuint)lines.Bytes, (nuint)lines.Count, DeviceToDevice, 0);

    public int Clear(nint at, Lines lines) => _memset2D(at, (nuint)lines.ToStride, 0, (nuint)lines.Bytes, (nuint)lines.Count, 0);

    public int Upload(nint host, nint to, long bytes) => _memcpyAsync(to, host, (nuint)bytes, HostToDevice, 0);

    public int Download(nint from, nint host, long bytes) => _memcpy(host, from, (nuint)bytes, DeviceToHost);

    public int Synchronize() => _streamSynchronize(0);

    public string Describe(int code)
    {
        var text = _getErrorString(code);
        return text is null ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
    }
}
