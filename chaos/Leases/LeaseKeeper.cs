using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ChaosBench.Chaos.Leases;

/// <summary>The leases of one run, in this process. A watchdog stands by before the first of them.</summary>
[SupportedOSPlatform("linux")]
public sealed class LeaseKeeper : ILeases, IAsyncDisposable
{
    private readonly LeaseFolder _folder;
    private readonly string _run;
    private readonly IWatchdog _watchdog;
    private readonly TimeProvider _time;
    private readonly ProcessIdentity _owner = ProcessIdentity.OfThis();
    private static int s_last;

    private LeaseKeeper(LeaseFolder folder, string run, IWatchdog watchdog, TimeProvider time)
    {
        _folder = folder;
        _run = run.Length > 200 ? run[..200] : run;
        _watchdog = watchdog;
        _time = time;
    }

    /// <summary>Proves that leases can be written, and starts the watchdog.</summary>
    /// <exception cref="LeaseException">One of both fails: then nothing may be injected.</exception>
    public static async Task<LeaseKeeper> OpenAsync(
        string place, string run, Func<LeaseFolder, ProcessIdentity, IWatchdog> watchdog, TimeProvider time, CancellationToken cancellation)
    {
        var folder = LeaseFolder.Open(place);
        var keeper = new LeaseKeeper(folder, run, watchdog(folder, ProcessIdentity.OfThis()), time);
        try
        {
            var trial = keeper.Lease("trial", new HealAction.ResumeProcess(keeper._owner, Group: false), null);
            using (folder.Write(trial))
            {
                folder.Remove(trial.Id);
            }

            await keeper._watchdog.EnsureAsync(cancellation).ConfigureAwait(false);
            return keeper;
        }
        catch
        {
            await keeper.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<IHeldLease> TakeAsync(string fault, HealAction heal, TimeSpan? ttl, CancellationToken cancellation)
    {
        // It may have been killed since the last fault: a fault without one would not survive us.
        await _watchdog.EnsureAsync(cancellation).ConfigureAwait(false);
        var lease = Lease(fault, heal, ttl);
        return new Held(_folder, lease, _folder.Write(lease), new Healer(_time));
    }

    /// <summary>Leases of this process that are still in the folder: what was not healed.</summary>
    public IReadOnlyList<Lease> Remaining()
    {
        var remaining = new List<Lease>();
        foreach (var file in _folder.Files())
        {
            using (file)
            {
                if (file.Lease is { } lease && lease.Owner == _owner)
                {
                    remaining.Add(lease);
                }
            }
        }

        return remaining;
    }

    /// <summary>Ends the watchdog, which first heals what is left.</summary>
    public ValueTask DisposeAsync() => _watchdog.DisposeAsync();

    private Lease Lease(string fault, HealAction heal, TimeSpan? ttl) => new()
    {
        Schema = LeaseText.Schema,
        Id = string.Create(CultureInfo.InvariantCulture, $"{_owner.Pid}-{_owner.Start}-{Interlocked.Increment(ref s_last)}"),
        Run = _run,
        Fault = fault,
        Owner = _owner,
        Created = _time.GetUtcNow(),
        TtlSeconds = ttl?.TotalSeconds,
        Heal = heal,
    };

    private sealed class Held(LeaseFolder folder, Lease lease, SafeFileHandle file, Healer healer) : IHeldLease
    {
        public async Task HealAsync(CancellationToken cancellation)
        {
            if (file.IsClosed)
            {
                return;
            }

            await healer.HealAsync(lease.Heal, cancellation).ConfigureAwait(false);
            folder.Remove(lease.Id);
            file.Dispose();
        }
    }
}

/// <summary>The process that heals when this one cannot any more.</summary>
public interface IWatchdog : IAsyncDisposable
{
    /// <summary>Returns when it stands by; starts it again when it was lost.</summary>
    /// <exception cref="LeaseException">It cannot be started.</exception>
    Task EnsureAsync(CancellationToken cancellation);
}
