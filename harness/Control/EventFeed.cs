using ChaosBench.Chaos;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Control;

/// <summary>What faults did, in order, for whoever asks: the latest events, each with a number.</summary>
internal sealed class EventFeed(TimeProvider time) : IAnnouncer
{
    /// <summary>Older events are forgotten; a reader sees by the numbers that they were there.</summary>
    public const int Kept = 65_536;

    private readonly Lock _guard = new(); // guards the three below
    private readonly Queue<FeedEvent> _events = new();
    private readonly Dictionary<string, Counts> _counts = new(StringComparer.Ordinal);
    private long _next = 1;

    private readonly long _start = time.GetTimestamp();

    public void Transition(PlannedFault fault, FaultStage stage, string? detail) => Add(fault, stage.ToString(), null);

    public void Unit(PlannedFault fault, string key, UnitEvent kind) => Add(fault, kind.ToString(), key);

    /// <summary>Events from number <paramref name="after"/> + 1 on, at most <paramref name="most"/>.</summary>
    public IReadOnlyList<FeedEvent> After(long after, int most)
    {
        lock (_guard)
        {
            return [.. _events.SkipWhile(happening => happening.Number <= after).Take(most)];
        }
    }

    public Counts CountsOf(string fault)
    {
        lock (_guard)
        {
            return _counts.GetValueOrDefault(fault) ?? new Counts(0, 0, 0, 0);
        }
    }

    private void Add(PlannedFault fault, string what, string? key)
    {
        var id = fault.Fault.Id;
        lock (_guard)
        {
            _events.Enqueue(new FeedEvent(_next++, time.GetElapsedTime(_start).TotalSeconds, id, what.ToLowerInvariant(), key));
            if (_events.Count > Kept)
            {
                _events.Dequeue();
            }

            if (key is not null)
            {
                _counts[id] = (_counts.GetValueOrDefault(id) ?? new Counts(0, 0, 0, 0)).With(what);
            }
        }
    }
}

/// <param name="At">Seconds since the proxy started.</param>
/// <param name="What"><c>active</c>, <c>healed</c>, or of one unit <c>eligible</c>, <c>selected</c>, <c>applied</c>, <c>bypassed</c>.</param>
/// <param name="Key">The unit; null for the fault as a whole.</param>
internal sealed record FeedEvent(long Number, double At, string Fault, string What, string? Key);

internal sealed record Counts(long Eligible, long Selected, long Applied, long Bypassed)
{
    public Counts With(string what) => what switch
    {
        nameof(UnitEvent.Eligible) => this with { Eligible = Eligible + 1 },
        nameof(UnitEvent.Selected) => this with { Selected = Selected + 1 },
        nameof(UnitEvent.Applied) => this with { Applied = Applied + 1 },
        nameof(UnitEvent.Bypassed) => this with { Bypassed = Bypassed + 1 },
        _ => throw new System.Diagnostics.UnreachableException(what),
    };
}
