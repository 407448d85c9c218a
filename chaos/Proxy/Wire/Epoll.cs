using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ChaosBench.Chaos.Proxy.Wire;

/// <summary>
/// The system calls of <see cref="WireLoop"/>, for 64-bit Linux. Those that never block skip the change to preemptive mode; nothing runs
/// between such a call and the look at errno.
/// </summary>
internal static unsafe partial class Epoll
{
    public const uint In = 0x1;
    public const uint Out = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;
    public const uint PeerClosed = 0x2000;

    /// <summary>Told once for each change, not for as long as it lasts.</summary>
    public const uint Edges = 1u << 31;

    /// <summary>Errno values, the same on every Linux that .NET runs on.</summary>
    public const int EIntr = 4;
    public const int EAgain = 11;
    public const int EInProgress = 115;

    private const int Add = 1;
    private const int Delete = 2;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int SocketLevel = 1;
    private const int PendingError = 4;

    /// <summary>struct epoll_event is packed on x64 alone.</summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static readonly int DataOffset = EventSize - 8;

    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    public static uint EventsOf(byte* entry) => *(uint*)entry;

    public static long DataOf(byte* entry) => Marshal.ReadInt64((nint)(entry + DataOffset));

    public static int Open() => Checked(EpollCreate(CloseOnExec), "epoll_create1");

    public static int OpenWakeUp() => Checked(EventFd(0, NonBlocking | CloseOnExec), "eventfd");

    /// <exception cref="IOException">The kernel refuses to watch it.</exception>
    public static void Watch(int epoll, int descriptor, uint events, long data)
    {
        var entry = stackalloc byte[16];
        *(uint*)entry = events;
        Marshal.WriteInt64((nint)(entry + DataOffset), data);
        if (EpollControl(epoll, Add, descriptor, entry) < 0)
        {
            throw new IOException($"epoll_ctl failed: {Describe(Marshal.GetLastSystemError())}");
        }
    }

    public static void Forget(int epoll, int descriptor)
    {
        var entry = stackalloc byte[16];
        _ = EpollControl(epoll, Delete, descriptor, entry);
    }

    /// <param name="milliseconds">0: only what is ready now; -1: until something is.</param>
    /// <returns>How many; 0 also when a signal came.</returns>
    public static int Wait(int epoll, byte* events, int max, int milliseconds) => Math.Max(0, EpollWait(epoll, events, max, milliseconds));

    /// <summary>Bytes sent, or minus errno.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var sent = SendBytes(descriptor, start, bytes.Length, DontWait | NoSignal);
            return sent >= 0 ? (int)sent : -Marshal.GetLastSystemError();
        }
    }

    /// <summary>Bytes received, 0 at the end, or minus errno.</summary>
    public static int Receive(int descriptor, Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var received = ReceiveBytes(descriptor, start, bytes.Length, DontWait);
            return received >= 0 ? (int)received : -Marshal.GetLastSystemError();
        }
    }

    /// <summary>0 or errno; <see cref="EInProgress"/> is the ordinary case.</summary>
    public static int StartConnect(int descriptor, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
        {
            return Connect(descriptor, start, address.Length) == 0 ? 0 : Marshal.GetLastSystemError();
        }
    }

    /// <summary>Errno of an attempt to connect that has ended, 0 when it succeeded.</summary>
    public static int PendingErrorOf(int descriptor)
    {
        int error;
        var length = sizeof(int);
        return GetOption(descriptor, SocketLevel, PendingError, &error, &length) == 0 ? error : Marshal.GetLastSystemError();
    }

    public static void Signal(int wakeUp)
    {
        var one = 1L;
        _ = Write(wakeUp, &one, sizeof(long));
    }

    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);

    private static int Checked(int result, string call) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastSystemError(), $"{call} failed");

    [LibraryImport("libc", EntryPoint = "epoll_create1"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollControl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollWait(int epoll, byte* events, int max, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EventFd(uint start, int flags);

    [LibraryImport("libc", EntryPoint = "connect"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Connect(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetOption(int descriptor, int level, int name, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "send"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SendBytes(int descriptor, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ReceiveBytes(int descriptor, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "write"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(int descriptor, void* bytes, nint length);

    [LibraryImport("libc", EntryPoint = "close"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Close(int descriptor);
}
