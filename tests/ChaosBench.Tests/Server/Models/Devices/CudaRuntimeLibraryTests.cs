using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ChaosBench.Server.Models.Devices;

namespace ChaosBench.Tests.Server.Models.Devices;

/// <summary>No card is needed: the functions that the library would give are written here, with the signatures of CUDA's manual, over host memory.</summary>
public sealed unsafe class CudaRuntimeLibraryTests
{
    private static readonly Dictionary<string, nint> Functions = new()
    {
        ["cudaSetDevice"] = (nint)(delegate* unmanaged[Cdecl]<int, int>)&SetDevice,
        ["cudaMalloc"] = (nint)(delegate* unmanaged[Cdecl]<void**, nuint, int>)&Malloc,
        ["cudaFree"] = (nint)(delegate* unmanaged[Cdecl]<void*, int>)&Free,
        ["cudaHostAlloc"] = (nint)(delegate* unmanaged[Cdecl]<void**, nuint, uint, int>)&HostAlloc,
        ["cudaFreeHost"] = (nint)(delegate* unmanaged[Cdecl]<void*, int>)&Free,
        ["cudaMemGetInfo"] = (nint)(delegate* unmanaged[Cdecl]<nuint*, nuint*, int>)&MemGetInfo,
        ["cudaMemcpy"] = (nint)(delegate* unmanaged[Cdecl]<void*, void*, nuint, int, int>)&Memcpy,
        ["cudaMemcpyAsync"] = (nint)(delegate* unmanaged[Cdecl]<void*, void*, nuint, int, void*, int>)&MemcpyAsync,
        ["cudaMemcpy2DAsync"] = (nint)(delegate* unmanaged[Cdecl]<void*, nuint, void*, nuint, nuint, nuint, int, void*, int>)&Memcpy2D,
        ["cudaMemset2DAsync"] = (nint)(delegate* unmanaged[Cdecl]<void*, nuint, int, nuint, nuint, void*, int>)&Memset2D,
        ["cudaStreamSynchronize"] = (nint)(delegate* unmanaged[Cdecl]<void*, int>)&Synchronize,
        ["cudaGetErrorString"] = (nint)(delegate* unmanaged[Cdecl]<int, byte*>)&ErrorString,
    };

    private static readonly byte* Words = (byte*)Marshal.StringToCoTaskMemUTF8("out of memory");

    [Fact]
    public void Copy_LinesOfTwoLayouts_LandWhereTheHostsWould()
    {
        var cuda = new CudaRuntimeLibrary(name => Functions.GetValueOrDefault(name));
        using var host = new HostMemory();
        var lines = new Lines(3, 5, 8, 16);
        var expected = new byte[64];
        var actual = new byte[64];
        byte[] source = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

        Assert.Equal(0, cuda.Allocate(32, out var from));
        Assert.Equal(0, cuda.Allocate(64, out var to));
        fixed (byte* bytes = source, wanted = expected, got = actual)
        {
            Assert.Equal(0, cuda.Upload((nint)bytes, from, 32));
            Assert.Equal(0, cuda.Clear(to, new Lines(1, 64, 0, 64)));
            Assert.Equal(0, cuda.Copy(from, to, lines));
            Assert.Equal(0, cuda.Clear(to, new Lines(2, 2, 0, 16)));
            Assert.Equal(0, cuda.Synchronize());
            Assert.Equal(0, cuda.Download(to, (nint)got, 64));
            host.Copy((nint)bytes, (nint)wanted, lines);
            host.Clear((nint)wanted, new Lines(2, 2, 0, 16));
        }

        Assert.Equal(expected, actual);
        Assert.Equal((0, 0), (cuda.Free(from), cuda.FreeHost(to)));
    }

    [Fact]
    public void Calls_CodesAndFigures_ComeBackAsTheyAre()
    {
        var cuda = new CudaRuntimeLibrary(name => Functions.GetValueOrDefault(name));

        Assert.Equal((0, 101), (cuda.SetDevice(1), cuda.SetDevice(9)));
        Assert.Equal(0, cuda.MemoryInfo(out var free, out var total));
        Assert.Equal((5L << 30, 8L << 30), (free, total));
        Assert.Equal(0, cuda.AllocateHost(16, out var locked));
        Assert.Equal(0, cuda.FreeHost(locked));
        Assert.Equal(2, cuda.Allocate(1L << 40, out _));
        Assert.Equal(("out of memory", ""), (cuda.Describe(2), cuda.Describe(3)));
    }

    [Fact]
    public void Open_FunctionMissing_NamesIt() => Assert.Contains(
        "has no cudaMemcpy2DAsync",
        Assert.Throws<EntryPointNotFoundException>(() => new CudaRuntimeLibrary(name => name == "cudaMemcpy2DAsync" ? 0 : Functions[name])).Message,
        StringComparison.Ordinal);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SetDevice(int device) => device < 8 ? 0 : 101;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Malloc(void** address, nuint bytes)
    {
        if (bytes > 1 << 20)
        {
            return 2;
        }

        *address = NativeMemory.Alloc(bytes);
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int HostAlloc(void** address, nuint bytes, uint flags)
    {
        *address = NativeMemory.Alloc(bytes);
        return flags == 0 ? 0 : 1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Free(void* address)
    {
        NativeMemory.Free(address);
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int MemGetInfo(nuint* free, nuint* total)
    {
        (*free, *total) = ((nuint)5 << 30, (nuint)8 << 30);
        return 0;
    }

    /// <summary>Kinds: 1 host to device, 2 device to host, 3 within the device.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Memcpy(void* to, void* from, nuint bytes, int kind)
    {
        NativeMemory.Copy(from, to, bytes);
        return kind == 2 ? 0 : 21;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int MemcpyAsync(void* to, void* from, nuint bytes, int kind, void* stream)
    {
        NativeMemory.Copy(from, to, bytes);
        return kind == 1 && stream == null ? 0 : 21;
    }

    /// <summary>A pitch below the width is an error there, too.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Memcpy2D(void* to, nuint toPitch, void* from, nuint fromPitch, nuint width, nuint height, int kind, void* stream)
    {
        for (nuint line = 0; line < height; line++)
        {
            NativeMemory.Copy((byte*)from + (line * fromPitch), (byte*)to + (line * toPitch), width);
        }

        return kind == 3 && stream == null && toPitch >= width && fromPitch >= width ? 0 : 12;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Memset2D(void* at, nuint pitch, int value, nuint width, nuint height, void* stream)
    {
        for (nuint line = 0; line < height; line++)
        {
            NativeMemory.Fill((byte*)at + (line * pitch), width, (byte)value);
        }

        return value == 0 && stream == null && pitch >= width ? 0 : 12;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Synchronize(void* stream) => stream == null ? 0 : 400;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte* ErrorString(int code) => code == 2 ? Words : null;
}
