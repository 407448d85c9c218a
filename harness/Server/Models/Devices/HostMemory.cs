using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Models.Devices;

/// <summary>
/// The CPU's own memory. Native, because it has an address that ONNX Runtime can keep, is touched only as far as it is used, and is freed
/// when a replica dies and not when a collection comes.
/// </summary>
internal sealed unsafe class HostMemory : IDeviceMemory
{
    private const nuint Alignment = 64;

    public OrtMemoryInfo Info => OrtMemoryInfo.DefaultInstance;

    public bool IsHost => true;

    public long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public bool Holds(OrtMemoryInfo place) => true;

    public nint Allocate(long bytes) => (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);

    public void Free(nint address) => NativeMemory.AlignedFree((void*)address);

    public nint AllocateHost(long bytes) => Allocate(bytes);

    public void FreeHost(nint address) => Free(address);

    public void Copy(nint from, nint to, Lines lines)
    {
        for (var line = 0; line < lines.Count; line++)
        {
            Buffer.MemoryCopy((byte*)from + (line * lines.FromStride), (byte*)to + (line * lines.ToStride), lines.Bytes, lines.Bytes);
        }
    }

    public void Clear(nint at, Lines lines)
    {
        for (var line = 0; line < lines.Count; line++)
        {
            NativeMemory.Clear((byte*)at + (line * lines.ToStride), (nuint)lines.Bytes);
        }
    }

    public void Upload(nint host, nint to, long bytes) => Buffer.MemoryCopy((void*)host, (void*)to, bytes, bytes);

    public void Download(nint from, nint host, long bytes) => Buffer.MemoryCopy((void*)from, (void*)host, bytes, bytes);

    public void Run(InferenceSession session, RunOptions options, OrtIoBinding binding) => session.RunWithBinding(options, binding);

    public void Dispose()
    {
    }
}
