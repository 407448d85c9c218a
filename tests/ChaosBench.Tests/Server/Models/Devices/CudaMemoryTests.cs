using System.Globalization;
using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Tests.Server.Models.Devices;

/// <summary>No card is needed: CUDA's calls are written down instead of made.</summary>
public class CudaMemoryTests
{
    private const int OutOfMemory = 2;

    [Fact]
    public void Allocate_AndFree_SelectTheCardFirst()
    {
        var calls = new Calls();
        using var memory = new CudaMemory(calls, OrtMemoryInfo.DefaultInstance, 3);

        memory.Free(memory.Allocate(4096));
        memory.FreeHost(memory.AllocateHost(64));

        Assert.Equal(["device 3", "malloc 4096", "device 3", "free 1", "device 3", "hostAlloc 64", "device 3", "freeHost 2"], calls.Made);
    }

    [Fact]
    public void Finish_AfterCopies_WaitsOnceAndThenNoMore()
    {
        var calls = new Calls();
        using var memory = new CudaMemory(calls, OrtMemoryInfo.DefaultInstance, 0);

        memory.Finish();
        memory.Upload(7, 100, 24);
        memory.Copy(100, 200, new Lines(4, 64, 128, 256));
        memory.Clear(300, new Lines(2, 32, 0, 64));
        memory.Copy(100, 200, new Lines(4, 0, 128, 256));
        memory.Finish();
        memory.Finish();
        memory.Download(100, 7, 8);

        Assert.Equal(["upload 7>100 24", "copy 100>200 4x64 128>256", "clear 300 2x32 64", "wait", "download 100>7 8"], calls.Made);
    }

    [Fact]
    public void Allocate_NotSoMuch_SaysHowMuchAndInCudasWords()
    {
        using var memory = new CudaMemory(new Calls { Code = OutOfMemory, Fails = "malloc" }, OrtMemoryInfo.DefaultInstance, 1);

        Assert.Equal("cuda:1 cannot give 7 MiB (CUDA error 2: out of memory)", Assert.Throws<DeviceMemoryException>(() => memory.Allocate(7 << 20)).Message);
    }

    [Fact]
    public void Dispose_FreesWhatNobodyHasFreed()
    {
        var calls = new Calls();
        using (var memory = new CudaMemory(calls, OrtMemoryInfo.DefaultInstance, 0))
        {
            memory.Allocate(8);
            memory.Free(memory.Allocate(8));
            memory.AllocateHost(8);
        }

        Assert.Equal(["free 2", "free 1", "freeHost 3"], calls.Made.Where(call => call.StartsWith("free", StringComparison.Ordinal)));
    }

    /// <summary>The provider calls a card's memory CUDA, a session on it calls it Cuda; NVIDIA's number as a vendor is 0x10DE.</summary>
    [Fact]
    public void Holds_OtherNamesOfItsCard_AndNoOtherMemory()
    {
        using var card = Card("Cuda", 0x10DE, 1, OrtDeviceMemoryType.DEFAULT);
        using var named = Card("CUDA", 0x10DE, 1, OrtDeviceMemoryType.DEFAULT);
        using var other = Card("Cuda", 0x10DE, 0, OrtDeviceMemoryType.DEFAULT);
        using var pinned = Card("CudaPinned", 0x10DE, 1, OrtDeviceMemoryType.HOST_ACCESSIBLE);
        using var memory = new CudaMemory(new Calls(), card, 1);

        Assert.True(memory.Holds(named));
        Assert.Equal((false, false, false), (memory.Holds(other), memory.Holds(pinned), memory.Holds(OrtMemoryInfo.DefaultInstance)));

        static OrtMemoryInfo Card(string name, uint vendor, int id, OrtDeviceMemoryType type) =>
            new(name, OrtMemoryInfoDeviceType.GPU, vendor, id, type, 0, OrtAllocatorType.DeviceAllocator);
    }

    private sealed class Calls : ICudaRuntime
    {
        private int _address;

        public List<string> Made { get; } = [];

        public int Code { get; init; }

        public string? Fails { get; init; }

        public int SetDevice(int device) => Note($"device {device}");

        public int Allocate(long bytes, out nint address)
        {
            address = ++_address;
            return Note($"malloc {bytes}");
        }

        public int Free(nint address) => Note($"free {address}");

        public int AllocateHost(long bytes, out nint address)
        {
            address = ++_address;
            return Note($"hostAlloc {bytes}");
        }

        public int FreeHost(nint address) => Note($"freeHost {address}");

        public int MemoryInfo(out long free, out long total)
        {
            (free, total) = (5, 8);
            return Note("info");
        }

        public int Copy(nint from, nint to, Lines lines) => Note($"copy {from}>{to} {lines.Count}x{lines.Bytes} {lines.FromStride}>{lines.ToStride}");

        public int Clear(nint at, Lines lines) => Note($"clear {at} {lines.Count}x{lines.Bytes} {lines.ToStride}");

        public int Upload(nint host, nint to, long bytes) => Note($"upload {host}>{to} {bytes}");

        public int Download(nint from, nint host, long bytes) => Note($"download {from}>{host} {bytes}");

        public int Synchronize() => Note("wait");

        public string Describe(int code) => code == OutOfMemory ? "out of memory" : "";

        private int Note(FormattableString call)
        {
            Made.Add(call.ToString(CultureInfo.InvariantCulture));
            return Fails is { } name && Made[^1].StartsWith(name, StringComparison.Ordinal) ? Code : 0;
        }

        private int Note(string call) => Note((FormattableString)$"{call}");
    }
}
