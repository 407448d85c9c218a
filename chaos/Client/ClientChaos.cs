using System.Collections.Immutable;
using System.Globalization;

namespace ChaosBench.Chaos.Client;

/// <summary>The faults in place in a run's own client path, asked once for each attempt.</summary>
public sealed class ClientChaos(ulong seed, IAnnouncer announcer)
{
    private ImmutableArray<ClientFault> _active = [];

    /// <summary>What happens to an attempt; null: nothing. The first fault that chose it wins.</summary>
    /// <param name="request">Id of the request.</param>
    /// <param name="key">What the coin is about; empty: the request is spared.</param>
    /// <param name="attempt">From 1; every attempt has a coin of its own.</param>
    public ClientStrike? Next(string request, string key, int attempt)
    {
        foreach (var fault in key.Length == 0 ? [] : _active)
        {
            announcer.Unit(fault.Fault, request, UnitEvent.Eligible);
            if (fault.Fault.Hits(seed, string.Create(CultureInfo.InvariantCulture, $"{key}#{attempt}")))
            {
                announcer.Unit(fault.Fault, request, UnitEvent.Selected);
                announcer.Unit(fault.Fault, request, UnitEvent.Applied);
                return fault.Strike;
            }
        }

        return null;
    }

    internal bool IsActive(ClientFault fault) => _active.Contains(fault);

    internal void Activate(ClientFault fault) => ImmutableInterlocked.Update(ref _active, active => active.Add(fault));

    internal void Deactivate(ClientFault fault) => ImmutableInterlocked.Update(ref _active, active => active.Remove(fault));
}
