using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// A fault of the scenario with its time in nanoseconds, half open. One that waits for another fault (<c>after</c>) has the earliest
/// time here that it can have; what it waits for may move it.
/// </summary>
/// <param name="Number">Position in the scenario.</param>
public sealed record PlannedFault(int Number, Fault Fault, long Start, long End)
{
    /// <summary>When it acts: in order, not overlapping, within [Start, End). By default all of its time.</summary>
    public IReadOnlyList<FaultWindow> Windows { get => field ?? [new FaultWindow(Start, End)]; init; }

    /// <summary>Keys of its victims where the plan has fixed them; null: the coin decides about each.</summary>
    public IReadOnlySet<string>? Chosen { get; init; }

    /// <summary>Not later than this is it over, even when what it waits for comes late. Default: its end.</summary>
    public long Latest { get => field == 0 ? End : field; init; }

    /// <summary>Where a share changes with the time of the run: that time. Null: the share at the start.</summary>
    public Func<long>? Now { get; init; }

    /// <summary>Whether a window is open at an instant of the plan.</summary>
    public bool ActsAt(long at) => WindowAt(at) is not null;

    /// <summary>The window that is open then; null: none.</summary>
    public FaultWindow? WindowAt(long at)
    {
        // By index: asked for each request of a plan.
        for (var number = 0; number < Windows.Count && Windows[number].Start <= at; number++)
        {
            if (at < Windows[number].End)
            {
                return Windows[number];
            }
        }

        return null;
    }

    /// <summary>The probability of one unit at an instant, 0 to 1.</summary>
    public double ShareAt(long at) => Fault.Schedule.Ramp is { IsOfShare: true } ramp
        ? ramp.At((at - Start) / (double)(End - Start))
        : Fault.Share.Value;

    /// <summary>Whether the fault chooses a unit: the same answer whatever runs beside it.</summary>
    public bool Hits(ulong seed, string key) => Hits(seed, key, Now?.Invoke() ?? Start);

    /// <param name="at">The instant of the plan that the unit belongs to.</param>
    public bool Hits(ulong seed, string key, long at) => Chosen?.Contains(key) ?? KeyedHash.Coin(seed, Fault.Id, key, ShareAt(at));

    /// <summary>The fault as it is in one of its windows, for an injector that knows nothing of schedules.</summary>
    public PlannedFault In(FaultWindow window) => window.With is null
        ? this
        : this with { Fault = Fault with { With = window.With } };
}

/// <summary>Half open: [Start, End).</summary>
/// <param name="With">All of the fault's parameters in this window; null: as the scenario says.</param>
public sealed record FaultWindow(long Start, long End, IReadOnlyDictionary<string, string>? With = null);
