using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ChaosBench.Engine.Loops;

/// <summary>
/// The system calls of the event loop, for 64-bit Linux. Calls that never block skip the change to preemptive mode, which would
/// cost as much as some of them do; nothing runs between such a call and the look at errno.
/// </summary>
internal static unsafe partial class Posix
{
    public const uint In = 0x1;
    public const uint Out = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;
    public const uint PeerClosed = 0x2000;

    public const int Add = 1;
    public const int Remove = 2;
    public const int Modify = 3;

    /// <summary>Errno values, the same on every Linux that .NET runs on.</summary>
    public const int EIntr = 4;
    public const int EAgain = 11;
    public const int ENoMem = 12;
    public const int ENFile = 23;
    public const int EMFile = 24;
    public const int EAddrNotAvail = 99;
    public const int ENoBufs = 105;
    public const int EInProgress = 115;

    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int StreamSocket = 1;
    private const int Tcp = 6;
    private const int NoDelay = 1;
    private const int SocketLevel = 1;
    private const int PendingError = 4;
    private const int DontWait = 0x40;
    private const int Peek = 0x2;
    private const int NoSignal = 0x4000;

    /// <summary>struct epoll_event is packed on x64 alone.</summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static readonly int DataOffset = EventSize - 8;

    /// <summary>False where the event loop cannot work; the ordinary HTTP stack does then.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess && HasPreciseWait();

    public static uint EventsOf(byte* entry) => *(uint*)entry;

    public static long DataOf(byte* entry) => Marshal.ReadInt64((nint)(entry + DataOffset));

    public static int CreateEpoll() => Checked(EpollCreate(0x80000), "epoll_create1");

    public static int CreateWakeUp() => Checked(EventFd(0, NonBlockingCloseOnExec), "eventfd");

    public static void Control(int epoll, int operation, int descriptor, uint events, long data)
    {
        var entry = stackalloc byte[16];
        *(uint*)entry = events;
        Marshal.WriteInt64((nint)(entry + DataOffset), data);
        if (EpollControl(epoll, operation, descriptor, entry) < 0 && operation != Remove)
        {
            throw new Win32Exception(Marshal.GetLastSystemError(), "epoll_ctl failed");
        }
    }

    /// <summary>What is ready now; never waits.</summary>
    public static int Poll(int epoll, byte* events, int max) => EpollPoll(epoll, events, max, 0);

    /// <summary>Waits for at most <paramref name="nanos"/>, with the resolution of the kernel's timers instead of milliseconds.</summary>
    public static int Wait(int epoll, byte* events, int max, long nanos)
    {
        var span = new TimeSpec { Seconds = nanos / 1_000_000_000, Nanos = nanos % 1_000_000_000 };
        return EpollWait(epoll, events, max, &span, null);
    }

    /// <summary>A socket of a family (AF_INET, AF_INET6) or minus errno.</summary>
    public static int OpenSocket(int family)
    {
        var descriptor = Socket(family, StreamSocket | NonBlockingCloseOnExec, 0);
        if (descriptor < 0)
        {
            return -Marshal.GetLastSystemError();
        }

        var one = 1;
        _ = SetOption(descriptor, Tcp, NoDelay, &one, sizeof(int));
        return descriptor;
    }

    /// <summary>0, or errno: <see cref="EInProgress"/> is the ordinary case.</summary>
    public static int StartConnect(int descriptor, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
        {
            return Connect(descriptor, start, address.Length) == 0 ? 0 : Marshal.GetLastSystemError();
        }
    }

    /// <summary>Errno of a finished connection attempt, 0 when it succeeded.</summary>
    public static int PendingErrorOf(int descriptor)
    {
        int error;
        var length = sizeof(int);
        return GetOption(descriptor, SocketLevel, PendingError, &error, &length) == 0 ? error : Marshal.GetLastSystemError();
    }

    /// <summary>Bytes sent, or minus errno.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var sent = SendBytes(descriptor, start, bytes.Length, DontWait | NoSignal);
            return sent >= 0 ? (int)sent : -Marshal.GetLastSystemError();
        }
    }

    /// <summary>Bytes received, 0 at the end of the stream, or minus errno.</summary>
    public static int Receive(int descriptor, byte* buffer, int length)
    {
        var received = ReceiveBytes(descriptor, buffer, length, DontWait);
        return received >= 0 ? (int)received : -Marshal.GetLastSystemError();
    }

    /// <summary>True while the peer has neither said anything nor gone.</summary>
    public static bool IsQuiet(int descriptor)
    {
        byte one;
        return ReceiveBytes(descriptor, &one, 1, DontWait | Peek) < 0 && Marshal.GetLastSystemError() == EAgain;
    }

    public static void Signal(int wakeUp)
    {
        var one = 1L;
        _ = Write(wakeUp, &one, sizeof(long));
    }

    public static void Clear(int wakeUp)
    {
        long count;
        _ = Read(wakeUp, &count, sizeof(long));
    }

    public static string Describe(int error) => new Win32Exception(error).Message;

    private static int Checked(int result, string call) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastSystemError(), $"{call} failed");

    private static bool HasPreciseWait() =>
        NativeLibrary.TryLoad("libc", typeof(Posix).Assembly, DllImportSearchPath.SafeDirectories, out var libc)
        && NativeLibrary.TryGetExport(libc, "epoll_pwait2", out _);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanos;
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollControl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollPoll(int epoll, byte* events, int max, int milliseconds);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollWait(int epoll, byte* events, int max, TimeSpec* span, void* signals);

    [LibraryImport("libc", EntryPoint = "eventfd"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EventFd(uint start, int flags);

    [LibraryImport("libc", EntryPoint = "socket"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Connect(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetOption(int descriptor, int level, int name, void* value, int length);

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

    [LibraryImport("libc", EntryPoint = "read"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Read(int descriptor, void* bytes, nint length);

    [LibraryImport("libc", EntryPoint = "close"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Close(int descriptor);
}
