using System.Globalization;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Control;

/// <summary>The faults of a proxy that stands alone: sets, lifts and lists them, each until its time is up.</summary>
internal sealed class FaultDesk : IDisposable
{
    /// <summary>Longest life of a fault that says how long.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(1);

    private const int MostFaults = 64;

    private readonly Lock _guard = new(); // guards _placed and _number
    private readonly List<Placed> _placed = [];
    private readonly FaultProxy _proxy;
    private readonly EventFeed _feed;
    private readonly TimeProvider _time;
    private int _number;

    public FaultDesk(FaultProxy proxy, EventFeed feed, TimeProvider time)
    {
        (_proxy, _feed, _time) = (proxy, feed, time);
        _proxy.OnLifted += Forget;
    }

    /// <summary>A fault that waits for its time or is in place.</summary>
    public sealed record Placed(ProxyFault Fault, DateTimeOffset Start, DateTimeOffset? End)
    {
        public ITimer? Wait { get; set; }
    }

    public IReadOnlyList<Placed> All
    {
        get
        {
            lock (_guard)
            {
                return [.. _placed];
            }
        }
    }

    /// <param name="otherwise">Life of faults that do not say how long; null: until they are lifted.</param>
    /// <returns>What was set.</returns>
    /// <exception cref="FaultRefusedException">All or none: an id that is taken, too many, a fault that cannot be.</exception>
    public IReadOnlyList<Placed> Set(IReadOnlyList<LooseFault> faults, TimeSpan? otherwise)
    {
        lock (_guard)
        {
            if (_placed.Count + faults.Count > MostFaults)
            {
                throw new FaultRefusedException($"{_placed.Count} faults are set, and {MostFaults} is the most; clear some first.");
            }

            var all = new List<Placed>();
            foreach (var fault in faults)
            {
                all.Add(Make(fault, otherwise, [.. _placed, .. all]));
            }

            _placed.AddRange(all);
            all.ForEach(Schedule);
            return all;
        }
    }

    /// <param name="id">Null: all.</param>
    /// <returns>How many were lifted.</returns>
    public int Clear(string? id)
    {
        var chosen = All.Where(placed => id is null || placed.Fault.Planned.Fault.Id == id).ToList();
        foreach (var placed in chosen)
        {
            placed.Wait?.Dispose();
            if (!_proxy.Clear(placed.Fault))
            {
                Remove(placed.Fault);
            }
        }

        return chosen.Count;
    }

    public void Dispose()
    {
        Clear(null);
        _proxy.OnLifted -= Forget;
    }

    private Placed Make(LooseFault loose, TimeSpan? otherwise, IReadOnlyList<Placed> known)
    {
        var number = _number++;
        var id = loose.HasId ? loose.Fault.Id : string.Create(CultureInfo.InvariantCulture, $"{loose.Fault.Kind}-{number + 1}");
        if (known.Any(placed => placed.Fault.Planned.Fault.Id == id))
        {
            throw new FaultRefusedException($"a fault with the id '{id}' is set already; clear it first, or choose another id.");
        }

        if (loose.For > LongestLife || loose.At > LongestLife)
        {
            throw new FaultRefusedException($"{id}: at and for may say 24h at most.");
        }

        var start = loose.At ?? TimeSpan.Zero;
        var length = loose.For ?? otherwise;
        var fault = loose.Fault with { Id = id, At = start, For = length ?? LongestLife };
        var planned = new PlannedFault(number, fault, Nanos.From(start), Nanos.From(start + fault.For));
        var now = _time.GetUtcNow();
        return new Placed(ProxyFaults.Create(planned), now + start, length is { } life ? now + start + life : null);
    }

    private void Schedule(Placed placed)
    {
        var wait = placed.Start - _time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            Activate(placed);
        }
        else
        {
            placed.Wait = _time.CreateTimer(_ => Activate(placed), null, wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void Activate(Placed placed)
    {
        lock (_guard)
        {
            if (_placed.Contains(placed))
            {
                _feed.Transition(placed.Fault.Planned, FaultStage.Active, null);
                _proxy.Set(placed.Fault, placed.End - placed.Start);
            }
        }
    }

    private void Forget(ProxyFault fault)
    {
        Remove(fault);
        _feed.Transition(fault.Planned, FaultStage.Healed, null);
    }

    private void Remove(ProxyFault fault)
    {
        lock (_guard)
        {
            _placed.RemoveAll(placed => placed.Fault == fault);
        }
    }
}
