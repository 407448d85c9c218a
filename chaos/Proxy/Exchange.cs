using System.Globalization;
using ChaosBench.Chaos.Proxy.Http;
using ChaosBench.Chaos.Proxy.Wire;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy;

/// <summary>One request that faults were in place for: whom it meets, and what was done to it.</summary>
internal sealed class Exchange(ProxyCore core, PeerWire client, RequestHead head, string request, CancellationToken gone)
{
    private readonly List<ProxyFault> _applied = [];
    private readonly List<Met> _met = [];
    private bool _isStream;

    private readonly record struct Met(ProxyFault Fault, string Key, bool IsHit);

    public PeerWire Client => client;

    public RequestHead Head => head;

    public TimeProvider Time => core.Time;

    /// <summary>The client has closed its connection.</summary>
    public CancellationToken Gone => gone;

    /// <summary>Faults that chose this request, in the order of the scenario; those about streams once there is one.</summary>
    public IEnumerable<ProxyFault> Hits =>
        _met.Where(met => met.IsHit && (_isStream || !met.Fault.IsAboutStreams)).Select(met => met.Fault);

    /// <summary>Tosses the coins. What is about streams is only announced once there is a stream.</summary>
    public void Meet(IReadOnlyList<ProxyFault> faults)
    {
        foreach (var fault in faults)
        {
            if (fault is ListenerFault || core.Keys.KeyOf(fault.Planned, request) is not { } key)
            {
                continue;
            }

            _met.Add(new Met(fault, key, fault.Planned.Hits(core.Seed, key)));
            if (!fault.IsAboutStreams)
            {
                Announce(_met[^1]);
            }
        }
    }

    /// <summary>The reply's head is here: stream faults now know whether they are about it.</summary>
    public void MeetReply(bool isStream)
    {
        _isStream = isStream;
        if (isStream)
        {
            _met.Where(met => met.Fault.IsAboutStreams).ToList().ForEach(Announce);
        }
    }

    public void Applied(ProxyFault fault)
    {
        if (!_applied.Contains(fault))
        {
            _applied.Add(fault);
            core.Announcer.Unit(fault.Planned, request, UnitEvent.Applied);
        }
    }

    /// <summary>Those that chose it and found nothing to do: a stream that ended before its third event cannot be cut there.</summary>
    public void Close()
    {
        foreach (var fault in Hits.Where(fault => !_applied.Contains(fault)))
        {
            core.Announcer.Unit(fault.Planned, request, UnitEvent.Bypassed);
        }
    }

    /// <summary>The coin for one piece of the reply, from 1.</summary>
    public bool Chooses(ProxyFault fault, int piece, double share) => KeyedHash.Coin(
        core.Seed, fault.Planned.Fault.Id + ".chunk", KeyFor(fault) + "/" + piece.ToString(CultureInfo.InvariantCulture), share);

    /// <summary>Numbers for this fault and this request.</summary>
    public SplitMix64 Random(ProxyFault fault) => KeyedHash.Stream(core.Seed, fault.Planned.Fault.Id + ".noise", KeyFor(fault));

    /// <summary>Ends early when <paramref name="lifted"/> fires or the client has gone.</summary>
    public async Task WaitAsync(TimeSpan length, CancellationToken lifted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(lifted, gone, core.Stopping);
        await Task.Delay(length, core.Time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private string KeyFor(ProxyFault fault) => _met.First(met => met.Fault == fault).Key;

    private void Announce(Met met)
    {
        core.Announcer.Unit(met.Fault.Planned, request, UnitEvent.Eligible);
        if (met.IsHit)
        {
            core.Announcer.Unit(met.Fault.Planned, request, UnitEvent.Selected);
        }
    }
}
