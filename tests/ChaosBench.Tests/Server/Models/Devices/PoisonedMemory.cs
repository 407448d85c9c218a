using System.Runtime.InteropServices;
using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Tests.Server.Models.Devices;

/// <summary>
/// A device whose memory this process can reach only through the calls of a device: what an address shows is NaN, except while a graph runs.
/// Whatever is read there is garbage, and whatever is written there is lost.
/// </summary>
internal sealed unsafe class PoisonedMemory : IDeviceMemory
{
    private const byte Poison = 0xFF;

    private readonly SortedList<nint, (long Bytes, nint Truth)> _blocks = [];
    private readonly HashSet<nint> _locked = [];

    /// <summary>The largest amount that was fetched from the device at once, in bytes.</summary>
    public long MostDownloaded { get; private set; }

    public long MostUploaded { get; private set; }

    /// <summary>Blocks that nobody has freed.</summary>
    public int Held => _blocks.Count + _locked.Count;

    public OrtMemoryInfo Info => OrtMemoryInfo.DefaultInstance;

    public bool IsHost => false;

    public long Available { get; init; } = 1L << 30;

    public bool Holds(OrtMemoryInfo place) => true;

    public nint Allocate(long bytes)
    {
        var (shown, truth) = ((nint)NativeMemory.AlignedAlloc((nuint)bytes, 64), (nint)NativeMemory.Alloc((nuint)bytes));
        _blocks.Add(shown, (bytes, truth));
        NativeMemory.Fill((void*)truth, (nuint)bytes, Poison);
        NativeMemory.Fill((void*)shown, (nuint)bytes, Poison);
        return shown;
    }

    public void Free(nint address)
    {
        NativeMemory.Free((void*)_blocks[address].Truth);
        NativeMemory.AlignedFree((void*)address);
        Assert.True(_blocks.Remove(address));
    }

    public nint AllocateHost(long bytes)
    {
        var address = (nint)NativeMemory.Alloc((nuint)bytes);
        _locked.Add(address);
        return address;
    }

    public void FreeHost(nint address)
    {
        Assert.True(_locked.Remove(address));
        NativeMemory.Free((void*)address);
    }

    public void Copy(nint from, nint to, Lines lines)
    {
        for (var line = 0; line < lines.Count; line++)
        {
            var (source, target) = (True(from + (nint)(line * lines.FromStride), lines.Bytes), True(to + (nint)(line * lines.ToStride), lines.Bytes));
            Buffer.MemoryCopy((void*)source, (void*)target, lines.Bytes, lines.Bytes);
        }
    }

    public void Clear(nint at, Lines lines)
    {
        for (var line = 0; line < lines.Count; line++)
        {
            NativeMemory.Clear((void*)True(at + (nint)(line * lines.ToStride), lines.Bytes), (nuint)lines.Bytes);
        }
    }

    public void Upload(nint host, nint to, long bytes)
    {
        MostUploaded = Math.Max(MostUploaded, bytes);
        Buffer.MemoryCopy((void*)host, (void*)True(to, bytes), bytes, bytes);
    }

    public void Download(nint from, nint host, long bytes)
    {
        MostDownloaded = Math.Max(MostDownloaded, bytes);
        Buffer.MemoryCopy((void*)True(from, bytes), (void*)host, bytes, bytes);
    }

    public void Run(InferenceSession session, RunOptions options, OrtIoBinding binding)
    {
        foreach (var (shown, (bytes, truth)) in _blocks)
        {
            Buffer.MemoryCopy((void*)truth, (void*)shown, bytes, bytes);
        }

        try
        {
            session.RunWithBinding(options, binding);
        }
        finally
        {
            foreach (var (shown, (bytes, truth)) in _blocks)
            {
                Buffer.MemoryCopy((void*)shown, (void*)truth, bytes, bytes);
                NativeMemory.Fill((void*)shown, (nuint)bytes, Poison);
            }
        }
    }

    public void Dispose()
    {
    }

    /// <summary>Where the bytes behind an address are; they must lie within one block.</summary>
    private nint True(nint address, long bytes)
    {
        foreach (var (shown, block) in _blocks)
        {
            if (address >= shown && address + bytes <= shown + block.Bytes)
            {
                return block.Truth + (address - shown);
            }
        }

        throw new InvalidOperationException($"{bytes} bytes at an address that is not the device's");
    }
}
