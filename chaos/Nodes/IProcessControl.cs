using ChaosBench.Chaos.Leases;

namespace ChaosBench.Chaos.Nodes;

/// <summary>A server process that the run starts and ends.</summary>
public interface IServerProcess : IProcessControl, IAsyncDisposable
{
    /// <summary>Starts it and waits until it answers.</summary>
    /// <exception cref="LeaseException">It cannot be started, ends, or does not answer in time. The message holds its last words.</exception>
    Task StartAsync(CancellationToken cancellation);
}

/// <summary>Power over one local process: one that a pid file names, or one that the run started.</summary>
public interface IProcessControl
{
    /// <summary>For people and as the unit's key.</summary>
    string Name { get; }

    /// <summary>It leads a group of its own, and faults act on the whole of it.</summary>
    bool LeadsGroup { get; }

    /// <summary>Beyond the usual, the time that it takes to serve again.</summary>
    TimeSpan RestoreLimit { get; }

    /// <summary>The process as it is now.</summary>
    /// <exception cref="FaultRefusedException">There is none, or it is none that may be broken.</exception>
    ProcessIdentity Find();

    /// <summary>Brings back what was killed, where that is ours to do; else its supervisor must.</summary>
    Task RestoreAsync(CancellationToken cancellation);

    /// <summary>It is there, not held still, and answers where that can be asked.</summary>
    Task<bool> ServesAsync(CancellationToken cancellation);
}
