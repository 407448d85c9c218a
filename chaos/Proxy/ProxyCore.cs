using System.Collections.Immutable;
using ChaosBench.Chaos.Proxy.Wire;

namespace ChaosBench.Chaos.Proxy;

/// <summary>What every connection of a proxy shares.</summary>
internal sealed class ProxyCore(ProxyOptions options, ITrafficKeys keys, IAnnouncer announcer, TimeProvider time, CancellationToken stopping)
{
    private ImmutableArray<ProxyFault> _faults = [];

    public ulong Seed => options.Seed;

    public ITrafficKeys Keys => keys;

    public IAnnouncer Announcer => announcer;

    public TimeProvider Time => time;

    public CancellationToken Stopping => stopping;

    public Upstream Upstream { get; } = new(options, time);

    /// <summary>In place at this moment, in the order of their numbers.</summary>
    public ImmutableArray<ProxyFault> Faults => _faults;

    public void Add(ProxyFault fault) => ImmutableInterlocked.Update(
        ref _faults, faults => [.. faults.Add(fault).OrderBy(known => known.Planned.Number)]);

    /// <returns>False when it was not there.</returns>
    public bool Remove(ProxyFault fault)
    {
        while (true)
        {
            var before = _faults;
            var after = before.Remove(fault);
            if (after == before)
            {
                return false;
            }

            if (ImmutableInterlocked.InterlockedCompareExchange(ref _faults, after, before) == before)
            {
                return true;
            }
        }
    }
}
