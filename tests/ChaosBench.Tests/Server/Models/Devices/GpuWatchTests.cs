using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using ChaosBench.Server.Http;
using ChaosBench.Server.Models.Devices;

namespace ChaosBench.Tests.Server.Models.Devices;

/// <summary>No card is needed: the functions that the library would give are written here, with NVML's signatures.</summary>
public sealed unsafe class GpuWatchTests
{
    private static readonly Dictionary<string, nint> Card = new()
    {
        ["nvmlInit_v2"] = (nint)(delegate* unmanaged[Cdecl]<int>)&Succeed,
        ["nvmlShutdown"] = (nint)(delegate* unmanaged[Cdecl]<int>)&Succeed,
        ["nvmlDeviceGetCount_v2"] = (nint)(delegate* unmanaged[Cdecl]<uint*, int>)&Two,
        ["nvmlDeviceGetHandleByIndex_v2"] = (nint)(delegate* unmanaged[Cdecl]<uint, nint*, int>)&Handle,
        ["nvmlDeviceGetName"] = (nint)(delegate* unmanaged[Cdecl]<nint, byte*, uint, int>)&Name,
        ["nvmlDeviceGetMemoryInfo"] = (nint)(delegate* unmanaged[Cdecl]<nint, ulong*, int>)&Memory,
        ["nvmlDeviceGetUtilizationRates"] = (nint)(delegate* unmanaged[Cdecl]<nint, uint*, int>)&Rates,
        ["nvmlSystemGetDriverVersion"] = (nint)(delegate* unmanaged[Cdecl]<byte*, uint, int>)&Driver,
        ["nvmlDeviceGetTemperature"] = (nint)(delegate* unmanaged[Cdecl]<nint, int, uint*, int>)&Temperature,
    };

    [Fact]
    public void Read_WholeLibrary_GivesWhatTheDriverTellsAndNothingElse()
    {
        using var watch = new GpuWatch(Library(Card));

        Assert.Equal((null, "580.65.06"), (watch.Problem, watch.DriverVersion));
        Assert.Equal(
        [
            new GpuReading(0, "Card 70", 3L << 30, 8L << 30, 0.25, 41, null),
            new GpuReading(1, "Card 71", 3L << 30, 8L << 30, 0.25, 41, null),
        ], watch.Read());
    }

    [Fact]
    public void Read_FunctionsThatAreMissingOrFail_LeaveTheirFieldsAbsent()
    {
        var old = Card.Where(entry => entry.Key is "nvmlInit_v2" or "nvmlDeviceGetCount_v2" or "nvmlDeviceGetHandleByIndex_v2").ToDictionary();
        old["nvmlDeviceGetMemoryInfo"] = (nint)(delegate* unmanaged[Cdecl]<nint, ulong*, int>)&NotSupported;
        using var watch = new GpuWatch(Library(old));

        Assert.Null(watch.DriverVersion);
        Assert.Equal(new GpuReading(0, null, null, null, null, null, null), watch.Read()[0]);
    }

    [Fact]
    public void Open_LibraryThatDoesNotStart_SaysTheCode()
    {
        using var broken = new GpuWatch(Library(new() { ["nvmlInit_v2"] = (nint)(delegate* unmanaged[Cdecl]<int>)&DriverNotLoaded }));
        using var empty = new GpuWatch(Library([]));

        Assert.Contains("does not start (NVML error 9)", broken.Problem, StringComparison.Ordinal);
        Assert.Contains("does not start (NVML error 13)", empty.Problem, StringComparison.Ordinal);
        Assert.Empty(broken.Read());
    }

    [Fact]
    public void Open_NoLibraryOrNoCard_HasNoReadingsAndSaysWhy()
    {
        using var none = new GpuWatch(null);
        using var bare = new GpuWatch(Library(new() { ["nvmlInit_v2"] = Card["nvmlInit_v2"] }));

        Assert.Contains("no NVIDIA driver is installed", none.Problem, StringComparison.Ordinal);
        Assert.Contains("shows no card", bare.Problem, StringComparison.Ordinal);
        Assert.Empty(none.Read());
        Assert.Empty(bare.Read());
    }

    [Fact]
    public void Read_AfterDispose_IsEmpty()
    {
        var watch = new GpuWatch(Library(Card));
        watch.Dispose();

        Assert.Empty(watch.Read());
    }

    [Fact]
    public void Append_Metrics_HaveNoLineForWhatIsNotTold()
    {
        var page = new StringBuilder();
        GpuMetrics.Append(page, []);
        Assert.Equal("", page.ToString());

        GpuMetrics.Append(page, [new GpuReading(0, "Card", 5, 8, null, null, 70.5), new GpuReading(1, null, null, 8, null, null, null)]);

        var lines = page.ToString().Split('\n').Where(line => !line.StartsWith('#') && line.Length > 0);
        Assert.Equal(
        [
            "chaosbench_gpu_memory_used_bytes{gpu=\"0\"} 5", "chaosbench_gpu_memory_total_bytes{gpu=\"0\"} 8",
            "chaosbench_gpu_memory_total_bytes{gpu=\"1\"} 8", "chaosbench_gpu_power_watts{gpu=\"0\"} 70.5",
        ], lines);
    }

    private static NvmlLibrary Library(Dictionary<string, nint> functions) => new(0, name => functions.GetValueOrDefault(name));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Succeed() => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DriverNotLoaded() => 9;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Two(uint* count)
    {
        *count = 2;
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Handle(uint index, nint* device)
    {
        *device = 70 + (nint)index;
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Name(nint device, byte* name, uint length)
    {
        var text = Encoding.UTF8.GetBytes($"Card {device}\0");
        text.CopyTo(new Span<byte>(name, (int)length));
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Memory(nint device, ulong* memory)
    {
        (memory[0], memory[1], memory[2]) = (8UL << 30, 5UL << 30, 3UL << 30);
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Driver(byte* version, uint length)
    {
        "580.65.06\0"u8.CopyTo(new Span<byte>(version, (int)length));
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NotSupported(nint device, ulong* memory) => 3;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Rates(nint device, uint* rates)
    {
        (rates[0], rates[1]) = (25, 60);
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Temperature(nint device, int sensor, uint* degrees)
    {
        *degrees = sensor == 0 ? 41u : 99u;
        return 0;
    }
}
