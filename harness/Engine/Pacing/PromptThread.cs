using System.Runtime.InteropServices;

namespace ChaosBench.Engine.Pacing;

/// <summary>
/// Asks Linux to run the calling thread as soon as it wakes. Without it a send waits behind whatever computes: with a model on the
/// same two cores for a whole slice of the scheduler, 3 ms, which p99 from the planned time then contains.
/// Needs no privilege; a kernel that knows nothing of it, or forbids it, leaves the thread as it was.
/// </summary>
internal static partial class PromptThread
{
    // prctl(2): the kernel bundles wake-ups that are no further apart than this; 50 us by default.
    private const int SetTimerSlack = 29;
    private const nuint LeastSlackNanos = 1;

    // A thread that wakes goes before one that computes if its slice ends earlier (EEVDF). Linux 6.12 and later take a slice from
    // sched_setattr(2), 100 us at least; earlier ones pass it over. A thread that sends is done long before.
    private const ulong LeastSliceNanos = 100_000;
    private const uint OtherPolicy = 0;

    /// <summary>For the calling thread, until it ends.</summary>
    public static void Ask()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return;
        }

        _ = ProcessControl(SetTimerSlack, LeastSlackNanos, 0, 0, 0);
        if (Numbers is { } numbers && Read(numbers.Get) is { Policy: OtherPolicy } attributes)
        {
            attributes.RuntimeNanos = LeastSliceNanos;
            _ = SetAttributes(numbers.Set, 0, in attributes, 0);
        }
    }

    /// <summary>The calling thread's slice in nanoseconds; 0 before Linux 6.12, null where nobody knows.</summary>
    internal static ulong? SliceNanos() =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess && Numbers is { } numbers ? Read(numbers.Get)?.RuntimeNanos : null;

    // The C library has no functions for them.
    private static (nint Get, nint Set)? Numbers => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => (315, 314),
        Architecture.Arm64 => (275, 274),
        _ => null,
    };

    private static SchedulingAttributes? Read(nint number)
    {
        var attributes = default(SchedulingAttributes);
        return GetAttributes(number, 0, ref attributes, Marshal.SizeOf<SchedulingAttributes>(), 0) == 0 ? attributes : null;
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint GetAttributes(nint number, nint thread, ref SchedulingAttributes attributes, nint size, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SetAttributes(nint number, nint thread, in SchedulingAttributes attributes, nint flags);

    // struct sched_attr, first version: 48 bytes. The runtime of an ordinary thread is its slice.
    [StructLayout(LayoutKind.Sequential)]
    private struct SchedulingAttributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong RuntimeNanos;
        public ulong DeadlineNanos;
        public ulong PeriodNanos;
    }
}
