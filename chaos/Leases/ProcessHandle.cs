using System.Runtime.Versioning;

namespace ChaosBench.Chaos.Leases;

/// <summary>Signals exactly the process that was meant: a pidfd is opened first, then the start is compared, then the signal goes there.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ProcessHandle : IDisposable
{
    private readonly ProcessIdentity _identity;
    private int _pidfd;

    private ProcessHandle(ProcessIdentity identity, int pidfd)
    {
        _identity = identity;
        _pidfd = pidfd;
    }

    /// <summary>Null when the process has ended.</summary>
    /// <exception cref="LeaseException">This kernel has no pidfd.</exception>
    public static ProcessHandle? Open(ProcessIdentity identity)
    {
        if (identity.Status() is null)
        {
            return null;
        }

        var pidfd = Native.OpenProcess(identity.Pid, out var error);
        if (pidfd < 0)
        {
            return error == Native.NoSuchProcess
                ? null
                : throw new LeaseException($"{identity}: no handle to it can be had ({Native.Message(error)}); signals to exactly one process need Linux 5.3 or later");
        }

        // A process with the recorded start that has the number now had it when the handle was opened.
        var handle = new ProcessHandle(identity, pidfd);
        if (identity.Status() is not null)
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>False when the process has ended.</summary>
    /// <param name="group">Also to the rest of the group that the process leads; its number stays taken as long as the leader is there.</param>
    /// <exception cref="LeaseException">It may not be signalled.</exception>
    public bool Signal(int signal, bool group)
    {
        // Its leader is one of the group: killed that way, it may be gone before it is asked for by itself.
        var reached = group && _identity.Status() is { } status && status.Group == _identity.Pid && Native.SignalGroup(_identity.Pid, signal) == 0;
        return Native.Signal(_pidfd, signal) switch
        {
            0 => true,
            Native.NoSuchProcess => reached,
            Native.NotPermitted => throw new LeaseException($"{_identity} belongs to another user; run chaosbench as that user"),
            var error => throw new LeaseException($"{_identity} cannot be signalled: {Native.Message(error)}"),
        };
    }

    public void Dispose()
    {
        if (_pidfd >= 0)
        {
            _ = Native.Close(_pidfd);
            _pidfd = -1;
        }
    }
}
