using System.Runtime.InteropServices;
using ChaosBench.Scenarios;

namespace ChaosBench.Engine.Pacing;

/// <summary>clock_nanosleep(2) with an absolute deadline on CLOCK_MONOTONIC, the clock behind <see cref="TimeProvider.System"/>.</summary>
internal static partial class LinuxClock
{
    private const int ClockMonotonic = 1;
    private const int TimerAbsolute = 1;

    /// <summary>True when timestamps of <paramref name="time"/> are CLOCK_MONOTONIC nanoseconds.</summary>
    public static bool IsClockOf(TimeProvider time) =>
        ReferenceEquals(time, TimeProvider.System) && OperatingSystem.IsLinux() && Environment.Is64BitProcess
        && time.TimestampFrequency == Nanos.PerSecond;

    /// <summary>Returns at the timestamp or earlier (a signal wakes it); the caller looks at the clock again.</summary>
    public static void SleepUntil(long timestamp)
    {
        var deadline = new TimeSpec { Seconds = (nint)(timestamp / Nanos.PerSecond), Nanos = (nint)(timestamp % Nanos.PerSecond) };
        _ = ClockNanoSleep(ClockMonotonic, TimerAbsolute, in deadline, 0);
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ClockNanoSleep(int clock, int flags, in TimeSpec deadline, nint remaining);

    // struct timespec of 64-bit Linux.
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanos;
    }
}
