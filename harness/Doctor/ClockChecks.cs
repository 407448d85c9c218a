using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ChaosBench.Harness.Doctor;

/// <summary>The clock that latency is measured by, and the one that machines share.</summary>
internal static class ClockChecks
{
    private const int Reads = 2_000;
    private const int Unsynchronised = 0x0040;
    private const int InNanoseconds = 0x2000;

    public static IEnumerable<Check> All(TimeProvider time) =>
    [
        Source(Facts.Read("/sys/devices/system/clocksource/clocksource0/current_clocksource"), Step(time)),
        Slack(Facts.Read("/proc/self/timerslack_ns")),
        Synchronised(KernelTime()),
    ];

    /// <param name="source">The kernel's word for it.</param>
    /// <param name="step">Smallest step that was seen between two reads, nanoseconds.</param>
    internal static Check Source(string? source, double step)
    {
        var name = source?.Trim();
        var found = string.Create(CultureInfo.InvariantCulture, $"{name ?? "source not told"}, smallest step seen {step:0} ns");
        return name is "hpet" or "acpi_pm" or "jiffies" or "refined-jiffies"
            ? Check.Limited("clock", found, "every look at this clock costs a microsecond or more: boot with clocksource=tsc, or use another kind of virtual machine")
            : step > 1_000_000
                ? Check.Limited("clock", found, "latencies below some milliseconds cannot be told apart: use another machine")
                : Check.Ok("clock", found);
    }

    /// <param name="slack">Nanoseconds by which the kernel may put off a wake-up to bundle it with others.</param>
    internal static Check Slack(string? slack) => Facts.Numbers(slack) is [var nanos]
        ? nanos <= 1_000_000
            ? Check.Ok("timer slack", string.Create(CultureInfo.InvariantCulture,
                $"{nanos / 1_000.0:0.#} us; the sending thread asks for none"))
            : Check.Limited("timer slack", string.Create(CultureInfo.InvariantCulture,
                $"{nanos / 1_000.0:0.#} us"), "a policy puts wake-ups off (battery saving, a service's TimerSlackNSec): lift it")
        : Check.Unknown("timer slack", "not told", "'chaosbench calibrate' measures how late requests go out");

    /// <param name="kernel">What adjtimex(2) tells. Null: nothing.</param>
    internal static Check Synchronised(KernelClock? kernel)
    {
        const string remedy = "start chrony or systemd-timesyncd; between machines, shards and traces lean on it (on one machine nothing does)";
        if (kernel is null)
        {
            return Check.Unknown("clock sync", "the kernel does not tell", remedy);
        }

        var found = string.Create(CultureInfo.InvariantCulture, $"offset {kernel.Offset * 1_000:0.###} ms, at most {kernel.MaxError * 1_000:0.#} ms off by the kernel's own account");
        return kernel.IsSynchronised ? Check.Ok("clock sync", found) : Check.Limited("clock sync", "not synchronised", remedy);
    }

    private static double Step(TimeProvider time)
    {
        var smallest = long.MaxValue;
        var before = time.GetTimestamp();
        for (var read = 0; read < Reads; read++)
        {
            var now = time.GetTimestamp();
            if (now > before)
            {
                smallest = Math.Min(smallest, now - before);
            }

            before = now;
        }

        return smallest == long.MaxValue ? 1e9 : smallest * (1e9 / time.TimestampFrequency);
    }

    /// <summary>Asks and changes nothing (modes = 0). The layout is that of <c>struct timex</c> on 64-bit Linux.</summary>
    private static KernelClock? KernelTime()
    {
        const int size = 208;
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return null;
        }

        var timex = new byte[size];
        try
        {
            if (AdjustTime(timex) < 0)
            {
                return null;
            }
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }

        var status = BinaryPrimitives.ReadInt32LittleEndian(timex.AsSpan(40));
        var unit = (status & InNanoseconds) != 0 ? 1e-9 : 1e-6;
        return new KernelClock(
            (status & Unsynchronised) == 0, BinaryPrimitives.ReadInt64LittleEndian(timex.AsSpan(8)) * unit,
                BinaryPrimitives.ReadInt64LittleEndian(timex.AsSpan(24)) * 1e-6);
    }

    [DllImport("libc", EntryPoint = "adjtimex")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AdjustTime([In, Out] byte[] timex);
}

/// <param name="Offset">Seconds that are still to be made up for.</param>
/// <param name="MaxError">Seconds.</param>
internal sealed record KernelClock(bool IsSynchronised, double Offset, double MaxError);
