using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Measuring;

/// <summary>What one planned fault did: its way along the timeline, whom it met, and how the system came back.</summary>
public sealed class FaultLog
{
    private FaultLog(PlannedFaultInfo plan, IReadOnlyList<JournalEvent> events, InjectionLog.Met met)
    {
        Plan = plan;
        Transitions = [.. events.OfType<JournalEvent.FaultTransition>().Where(move => move.Fault == plan.Id).OrderBy(move => move.At)];
        (Eligible, Selected, Applied, Bypassed) = (met.Eligible, met.Selected, met.Applied, met.Bypassed);
        Units = met.Units;
        FirstAppliedLine = met.FirstAppliedLine;
        OrderedAt = FirstAt(FaultState.Ordered);
        InjectedAt = met.FirstAppliedAt ?? FirstAt(FaultState.Active);
        TouchedAt = met.FirstTouchedAt is { } touched ? Math.Min(touched, InjectedAt ?? long.MaxValue) : InjectedAt;
        HealedAt = LastAt(FaultState.Healed);

        // Faults of the input need no injector, so nobody lifts them: they are over when their window is.
        ClearedAt = HealedAt ?? LastAt(FaultState.Cleared) ?? (Transitions.Count == 0 && Applied > 0 ? plan.End : null);
    }

    public PlannedFaultInfo Plan { get; }
    public IReadOnlyList<JournalEvent.FaultTransition> Transitions { get; }
    public long Eligible { get; }
    public long Selected { get; }
    public long Applied { get; }
    public long Bypassed { get; }

    /// <summary>t_req, t_inj and t_clr of the definitions; nanoseconds, null when it never came to that.</summary>
    public long? OrderedAt { get; }
    public long? InjectedAt { get; }
    public long? ClearedAt { get; }
    public long? HealedAt { get; }

    /// <summary>Keys of the units that it chose or changed: <c>replica-1</c>, request ids.</summary>
    internal IReadOnlySet<string> Units { get; }

    /// <summary>Line of the journal that tells of the first unit it changed; null: none.</summary>
    internal int? FirstAppliedLine { get; }

    /// <summary>When it first chose or changed a unit: a victim may be missed while the injector is still at it.</summary>
    internal long? TouchedAt { get; }

    /// <summary>The last state it reached; null when the timeline never touched it.</summary>
    public FaultState? State => Transitions.Count == 0 ? null : Transitions[^1].State;

    /// <summary>It touched at least as many units as the scenario asks for.</summary>
    public bool WasExposed => Applied >= Plan.MinExposure;

    public Recovery Recovery { get; private set; } = Recovery.Unknown;

    /// <summary>Null when it was never injected.</summary>
    public Impact? Impact { get; private set; }

    /// <summary>Null when none was asked, or nothing was injected.</summary>
    public CanaryLog? Canaries { get; private set; }

    internal static IReadOnlyList<FaultLog> All(Measurements run, SteadyState? steady)
    {
        var events = run.Timeline.Select(entry => entry.Event).ToList();
        var faults = run.Run.Faults.Select(plan => new FaultLog(plan, events, run.Injections.Of(plan.Id))).ToList();
        if (steady is not null)
        {
            faults.ForEach(fault =>
            {
                fault.Recovery = RecoveryClock.Of(fault, faults, run, steady);
                fault.Impact = Impact.Of(fault, run, steady);
                fault.Canaries = CanaryLog.Of(fault, faults, run);
            });
        }

        return faults;
    }

    internal bool IsActiveAt(long at) => InjectedAt <= at && at < (ClearedAt ?? long.MaxValue);

    /// <summary>Of the last window of a fault that has several: null while that one is still open.</summary>
    private long? LastAt(FaultState state)
    {
        var opened = Transitions.LastOrDefault(move => move.State == FaultState.Active)?.At ?? 0;
        return Transitions.LastOrDefault(move => move.State == state && move.At >= opened)?.At;
    }

    private long? FirstAt(FaultState state) => Transitions.FirstOrDefault(move => move.State == state)?.At;
}
