using System.Runtime.Versioning;

namespace ChaosBench.Chaos.Leases;

/// <summary>
/// The watchdog's own side: heals the leases of one run when the pipe to it ends, and each that outlives its time.
/// </summary>
/// <remarks>
/// <code>
///   run ----- pipe -----> watchdog          pipe ends (run done, or killed): heal what is left, then end
///    \                      |               a lease outlives its time (run hangs): heal that one
///     +--- leases folder ---+
/// </code>
/// It acts on leases that are locked, too: it stands in for their owner and is the only one that may.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed class Watchdog(LeaseFolder folder, ProcessIdentity owner, Action<string> say, TimeProvider time)
{
    /// <summary>What cannot be healed at once, a busy engine for example, is tried again for this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>
    /// An order that the run gave a Docker engine with its last breath may be carried out after the run is gone: for as long as a call may
    /// take, "nothing is broken" is no reason to drop its lease.
    /// </summary>
    private static readonly TimeSpan LastOrder = Docker.DockerEngine.CallLimit;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    private readonly Healer _healer = new(time);

    // When the pipe ended.
    private long? _orphaned;

    // By lease, the time on a clock that nobody sets.
    private readonly Dictionary<string, long> _firstSeen = [];

    /// <summary>Runs until the pipe ends and nothing is left to heal.</summary>
    /// <returns>False when something could not be healed; its lease stays for <c>chaosbench heal</c>.</returns>
    public async Task<bool> RunAsync(Stream pipe, CancellationToken cancellation)
    {
        var ended = DrainAsync(pipe, cancellation);
        while (!ended.IsCompleted)
        {
            await HealAsync(IsOverdue, cancellation).ConfigureAwait(false);
            await Task.WhenAny(ended, Task.Delay(Beat, time, cancellation)).ConfigureAwait(false);
        }

        var since = time.GetTimestamp();
        _orphaned = since;
        while (!await HealAsync(_ => true, cancellation).ConfigureAwait(false))
        {
            if (time.GetElapsedTime(since) > Patience)
            {
                return false;
            }

            await Task.Delay(Beat, time, cancellation).ConfigureAwait(false);
        }

        return true;
    }

    private bool IsOverdue(Lease lease)
    {
        if (!_firstSeen.TryGetValue(lease.Id, out var seen))
        {
            _firstSeen[lease.Id] = seen = time.GetTimestamp();
        }

        return lease.TtlSeconds is { } ttl && time.GetElapsedTime(seen).TotalSeconds > ttl;
    }

    /// <returns>False when something could not be healed.</returns>
    private async Task<bool> HealAsync(Func<Lease, bool> isDue, CancellationToken cancellation)
    {
        var allWell = true;
        foreach (var file in folder.Files())
        {
            using (file)
            {
                if (file.Lease is { } lease && lease.Owner == owner && isDue(lease))
                {
                    allWell &= await HealAsync(lease, cancellation).ConfigureAwait(false);
                }
            }
        }

        return allWell;
    }

    private async Task<bool> HealAsync(Lease lease, CancellationToken cancellation)
    {
        try
        {
            var report = await _healer.HealAsync(lease.Heal, cancellation).ConfigureAwait(false);
            if (!report.WasNeeded && lease.Heal.IsOfEngine && _orphaned is { } orphaned && time.GetElapsedTime(orphaned) < LastOrder)
            {
                return false;
            }

            folder.Remove(lease.Id);
            if (report.WasNeeded)
            {
                say($"{lease.Fault}: {lease.Heal}: {report.Found}");
            }

            return true;
        }
        catch (LeaseException trouble)
        {
            say($"{lease.Fault}: {lease.Heal}: not healed yet: {trouble.Message}");
            return false;
        }
    }

    /// <summary>Completes at the end of the pipe. What comes through it is nothing.</summary>
    private static async Task DrainAsync(Stream pipe, CancellationToken cancellation)
    {
        var nothing = new byte[64];
        while (await pipe.ReadAsync(nothing, cancellation).ConfigureAwait(false) > 0)
        {
        }
    }
}
