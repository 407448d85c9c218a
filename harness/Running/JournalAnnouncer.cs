using System.Collections.Concurrent;
using System.Collections.Immutable;
using ChaosBench.Chaos;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>Writes what the injectors say into the journal, and remembers which request met which fault until it ends.</summary>
internal sealed class JournalAnnouncer(IJournalWriter journal, Func<long> now) : IAnnouncer
{
    private readonly ConcurrentDictionary<string, ImmutableArray<string>> _faultsByRequest = new();
    private ImmutableArray<string> _active = [];

    /// <summary>Told of every step of a fault; null: nobody listens.</summary>
    public Action<PlannedFault, FaultStage>? Moved { get; set; }

    /// <summary>Faults in place at this moment, for the live view.</summary>
    public IReadOnlyList<string> Active => _active;

    public void Transition(PlannedFault fault, FaultStage stage, string? detail)
    {
        if (stage == FaultStage.Active)
        {
            ImmutableInterlocked.Update(ref _active, active => active.Add(fault.Fault.Id));
        }
        else if (stage != FaultStage.Ordered)
        {
            ImmutableInterlocked.Update(ref _active, active => active.Remove(fault.Fault.Id));
        }

        journal.Write(new JournalEvent.FaultTransition
        {
            At = now(),
            Fault = fault.Fault.Id,
            State = (FaultState)stage,
            Detail = detail,
        });
        if (stage == FaultStage.Ordered)
        {
            // Written ahead: should this process die in the middle of the injection, the journal says that something may be left.
            journal.Flush();
        }

        Moved?.Invoke(fault, stage);
    }

    public void Unit(PlannedFault fault, string key, UnitEvent kind)
    {
        if (kind == UnitEvent.Applied)
        {
            _faultsByRequest.AddOrUpdate(key, [fault.Fault.Id], (_, known) => known.Contains(fault.Fault.Id) ? known : known.Add(fault.Fault.Id));
        }

        journal.Write(new JournalEvent.Injection { At = now(), Fault = fault.Fault.Id, Key = key, Kind = (InjectionKind)kind });
    }

    public void Remark(string text) => journal.Write(new JournalEvent.Note { At = now(), Text = text });

    /// <summary>The faults applied to a request that has just ended; forgets them.</summary>
    public IReadOnlyList<string> TakeFaultsOf(string request) =>
        _faultsByRequest.TryRemove(request, out var faults) ? faults : [];
}
