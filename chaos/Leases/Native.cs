using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ChaosBench.Chaos.Leases;

/// <summary>System calls of Linux that .NET has no word for: locks, owners, process handles, sessions.</summary>
[SupportedOSPlatform("linux")]
internal static partial class Native
{
    public const int SigKill = 9;
    public const int SigContinue = 18;
    public const int SigStop = 19;

    public const int NotPermitted = 1;
    public const int NoSuchProcess = 3;
    public const int NotThere = 2;
    public const int TooManyLinks = 40;

    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int LockExclusive = 2;
    private const int LockWithoutWaiting = 4;
    private const nint PidfdSendSignal = 424;
    private const nint PidfdOpen = 434;

    // The one flag among these whose value differs between processor families.
    private static int NoFollow { get; } =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <summary>An existing file, never through a link at its end. Null with the error in <paramref name="error"/>.</summary>
    public static SafeFileHandle? OpenFile(string path, out int error) =>
        Handle(Open(path, ReadWrite | NoFollow | NonBlocking | CloseOnExec, 0), out error);

    /// <summary>A new file that only its owner may read or write; fails when there is one.</summary>
    public static SafeFileHandle? CreateFile(string path, out int error) =>
        Handle(Open(path, ReadWrite | Create | Exclusive | NoFollow | CloseOnExec, 0x180), out error);

    public static SafeFileHandle? OpenFolder(string path, out int error) =>
        Handle(Open(path, ReadOnly | NoFollow | CloseOnExec, 0), out error);

    /// <summary>False when somebody else holds it. Goes with the handle, and so with the process.</summary>
    public static bool TryLock(SafeFileHandle file) => Flock(file, LockExclusive | LockWithoutWaiting) == 0;

    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (Fsync(file) != 0)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>Owner, mode, links and size of an open file.</summary>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static FileFacts Facts(SafeFileHandle file) => Statx(file, "", EmptyPath, BasicStats, out var facts) == 0
        ? facts
        : throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    /// <summary>A handle that stays with the process: unlike its number it is never given to another one. -1 with an error where there is none.</summary>
    public static int OpenProcess(int process, out int error)
    {
        var handle = (int)Syscall(PidfdOpen, process, 0, 0, 0);
        error = handle < 0 ? Marshal.GetLastPInvokeError() : 0;
        return handle;
    }

    /// <returns>0, or the error.</returns>
    public static int Signal(int pidfd, int signal) =>
        Syscall(PidfdSendSignal, pidfd, signal, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <returns>0, or the error.</returns>
    public static int SignalGroup(int leader, int signal) => Kill(-leader, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public static string Message(int error) => Marshal.GetPInvokeErrorMessage(error);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial uint EffectiveUser();

    /// <summary>A session of its own: no terminal, and signals to the old group do not arrive. -1 when it leads a group already.</summary>
    [LibraryImport("libc", EntryPoint = "setsid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int NewSession();

    private static SafeFileHandle? Handle(int descriptor, out int error)
    {
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(SafeFileHandle folder, string path, int flags, uint mask, out FileFacts facts);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Syscall(nint number, nint first, nint second, nint third, nint fourth);
}

/// <summary>The kernel's <c>struct statx</c>, the same on every processor; 256 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileFacts
{
    private const int TypeMask = 0xf000;

    [FieldOffset(16)] private readonly uint _links;
    [FieldOffset(20)] private readonly uint _owner;
    [FieldOffset(28)] private readonly ushort _mode;
    [FieldOffset(32)] private readonly ulong _inode;
    [FieldOffset(40)] private readonly ulong _size;

    public uint Links => _links;
    public uint Owner => _owner;
    public ulong Inode => _inode;
    public ulong Size => _size;
    public bool IsFile => (_mode & TypeMask) == 0x8000;
    public bool IsFolder => (_mode & TypeMask) == 0x4000;

    /// <summary>Somebody other than the owner may do something with it.</summary>
    public bool IsShared => (_mode & 0x3f) != 0;
}
