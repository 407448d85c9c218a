using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace ChaosBench.Server.Workers;

/// <summary>The few system calls that .NET has no word for.</summary>
internal static partial class Posix
{
    public const int SigKill = 9;
    public const int SigContinue = 18;
    public const int SigStop = 19;

    private const int SetParentDeathSignal = 1;
    private const nint PidfdSendSignal = 424;
    private const nint PidfdOpen = 434;

    /// <summary>
    /// The kernel kills this process when the thread that started it ends, even while it is stopped. The calling thread must live
    /// as long as the process.
    /// </summary>
    /// <returns>False when the parent is gone already.</returns>
    [SupportedOSPlatform("linux")]
    public static bool DieWith(int parent)
    {
        _ = Prctl(SetParentDeathSignal, SigKill, 0, 0, 0);
        return ParentId() == parent;
    }

    /// <summary>A handle that stays with the process: unlike its number it is never given to another one. -1 where there is none.</summary>
    [SupportedOSPlatform("linux")]
    public static int OpenProcess(int processId) => (int)Syscall(PidfdOpen, processId, 0, 0, 0);

    /// <summary>False when the process has ended.</summary>
    [SupportedOSPlatform("linux")]
    public static bool Signal(int pidfd, int signal) => Syscall(PidfdSendSignal, pidfd, signal, 0, 0) == 0;

    /// <summary>
    /// Takes standard output for frames alone: what a native library prints from now on goes to standard error.
    /// </summary>
    [UnsupportedOSPlatform("windows")]
    public static int TakeStandardOutput()
    {
        var own = Dup(1);
        return own >= 0 && Dup2(2, 1) == 1 ? own : throw new IOException("standard output cannot be taken over");
    }

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Prctl(int option, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ParentId();

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Syscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Dup(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Dup2(int from, int to);
}
