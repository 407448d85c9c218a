using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// How the system noticed a fault and came back, in seconds. t_inj first fault applied, t_imp start of the first bad window, t_det
/// detection, t_mit end of the last bad window while the fault was active, t_clr fault verified removed, t_rec start of the first
/// window after t_clr from which the steady state holds for at least <see cref="Hold"/> without a break.
/// What was not reached is null, never zero; <see cref="Censored"/> then says how long it was waited for.
/// </summary>
public sealed record Recovery
{
    internal static Recovery Unknown { get; } = new();

    /// <summary>W: length of one window. Every time below is as coarse as this, save the detection.</summary>
    public double Window { get; init; }

    public double Hold { get; init; }

    /// <summary>The hypothesis the windows were asked.</summary>
    public string SteadyState { get; init; } = "";

    public long? ImpactAt { get; init; }
    public long? DetectedAt { get; init; }
    public string? DetectedBy { get; init; }

    /// <summary>Ids of other faults that were there and that the same detection may be about. Usually none.</summary>
    public IReadOnlyList<string> DetectionShared { get; init; } = [];

    public long? RecoveredAt { get; init; }

    /// <summary>t_imp - t_inj. Null: no window went bad.</summary>
    public double? TimeToImpact { get; init; }

    /// <summary>t_det - t_imp, not below zero; from t_inj when no window went bad.</summary>
    public double? TimeToDetect { get; init; }

    /// <summary>t_det - t_inj.</summary>
    public double? DetectedAfterInjection { get; init; }

    /// <summary>t_mit - t_imp, when the system helped itself before the fault was lifted.</summary>
    public double? TimeToMitigate { get; init; }

    /// <summary>t_rec - t_imp. Null also when there was nothing to recover from.</summary>
    public double? TimeToRecover { get; init; }

    /// <summary>t_rec - t_clr, less bad windows in which another fault was still active.</summary>
    public double? ResidualRecovery { get; init; }

    /// <summary>Residual recovery is more than this: the run ended before the steady state had held long enough.</summary>
    public double? Censored { get; init; }

    /// <summary>t_inj - t_req: how slow the injector was.</summary>
    public double? InjectionLag { get; init; }

    /// <summary>Who said that it was dealt with, and when after the first bad window (after the injection when there was none).</summary>
    public string? MitigatedBy { get; init; }
    public double? TimeToMitigationReport { get; init; }

    /// <summary>Time to mitigate is more than this: windows were bad up to the end of the fault.</summary>
    public double? NotMitigatedFor { get; init; }

    /// <summary>Time to recover is more than this: it was not back when the watch ended.</summary>
    public double? NotRecoveredFor { get; init; }

    /// <summary>Watched for so long after the injection without a detection.</summary>
    public double? UndetectedFor { get; init; }
}

/// <summary>Finds the instants of <see cref="Recovery"/> by walking windows over the candidate's requests.</summary>
internal static class RecoveryClock
{
    public static Recovery Of(FaultLog fault, IReadOnlyList<FaultLog> all, Measurements run, SteadyState steady)
    {
        var frame = new Recovery
        {
            Window = Nanos.ToSeconds(steady.Window), Hold = Nanos.ToSeconds(steady.Hold), SteadyState = steady.Text,
        };
        if (fault.InjectedAt is not { } injected)
        {
            return frame;
        }

        var bad = Walk(steady, injected, fault.ClearedAt ?? steady.WatchedUntil).Where(window => window.Good == false).ToList();
        var back = fault.ClearedAt is { } cleared ? Return(steady, cleared, other => IsActive(all, fault, other)) : null;
        var impact = bad.Count > 0 ? bad[0].Start : back?.FirstBad;
        var found = Attribution.First(fault, fault.TouchedAt ?? injected, all, run);
        var dealt = Attribution.First(fault, fault.TouchedAt ?? injected, all, run, mitigates: true);
        var noticed = found is null ? (long?)null : Math.Max(injected, found.Seen.At);
        var recovered = back?.At;
        var mitigated = Mitigation(bad, fault.ClearedAt, steady.Window, impact);
        return frame with
        {
            ImpactAt = impact,
            TimeToImpact = Seconds(injected, impact),
            DetectedAt = noticed,
            DetectedBy = found?.Seen.By,
            DetectionShared = found?.Among ?? [],
            TimeToDetect = noticed is { } at ? Math.Max(0, Nanos.ToSeconds(at - (impact ?? injected))) : null,
            DetectedAfterInjection = Seconds(injected, noticed),
            UndetectedFor = noticed is null ? Seconds(injected, Math.Max(injected, run.LastAt)) : null,
            MitigatedBy = dealt?.Seen.By,
            TimeToMitigationReport = dealt is null ? null : Math.Max(0, Nanos.ToSeconds(dealt.Seen.At - (impact ?? injected))),
            InjectionLag = fault.OrderedAt is { } ordered ? Math.Max(0, Nanos.ToSeconds(injected - ordered)) : null,
            TimeToMitigate = mitigated,
            NotMitigatedFor = mitigated is null && bad.Count > 0
                ? Seconds(bad[0].Start, Math.Max(bad[0].Start, Math.Min(fault.ClearedAt ?? long.MaxValue, steady.WatchedUntil))) : null,
            NotRecoveredFor = impact is { } hit && recovered is null ? Seconds(hit, Math.Max(hit, steady.WatchedUntil)) : null,
            RecoveredAt = recovered,
            TimeToRecover = impact is { } from && recovered is { } to ? Math.Max(0, Nanos.ToSeconds(to - from)) : null,
            ResidualRecovery = recovered is null ? null : Nanos.ToSeconds(back!.Residual),
            Censored = back is { At: null } ? Nanos.ToSeconds(back.Residual) : null,
        };
    }

    private static IEnumerable<(long Start, bool? Good)> Walk(SteadyState steady, long from, long until)
    {
        for (var start = from; start < Math.Min(until, steady.WatchedUntil); start += steady.Window)
        {
            yield return (start, steady.HoldsIn(start, start + steady.Window));
        }
    }

    /// <param name="At">t_rec, or null when the watch ended first.</param>
    /// <param name="Residual">From t_clr to the first window of the last unbroken streak, excused windows left out.</param>
    private sealed record Way(long? At, long Residual, long? FirstBad);

    private static Way Return(SteadyState steady, long cleared, Func<long, bool> otherFaultAt)
    {
        long? firstBad = null;
        var (streak, excused, sawGood) = (cleared, 0L, false);
        for (var start = cleared; start + steady.Window <= steady.WatchedUntil; start += steady.Window)
        {
            var good = steady.HoldsIn(start, start + steady.Window);
            var end = start + steady.Window;
            if (good == false)
            {
                // Everything up to here is waiting time again; of it, only bad windows under another fault are excused.
                firstBad ??= start;
                streak = end;
                sawGood = false;
                excused += otherFaultAt(start) ? steady.Window : 0;
                continue;
            }

            sawGood |= good == true;
            if (sawGood && end - streak >= steady.Hold)
            {
                return new Way(streak, Math.Max(0, streak - cleared - excused), firstBad);
            }
        }

        return new Way(null, Math.Max(0, streak - cleared - excused), firstBad);
    }

    private static bool IsActive(IReadOnlyList<FaultLog> all, FaultLog self, long at) => all.Any(other =>
        other != self && other.InjectedAt is { } injected && injected <= at && at < (other.ClearedAt ?? long.MaxValue));

    private static double? Mitigation(List<(long Start, bool? Good)> bad, long? cleared, long window, long? impact)
    {
        if (bad.Count == 0 || cleared is not { } end || impact is not { } from)
        {
            return null;
        }

        var mitigated = bad[^1].Start + window;
        return mitigated + window <= end ? Nanos.ToSeconds(mitigated - from) : null;
    }

    private static double? Seconds(long from, long? to) => to is { } end ? Nanos.ToSeconds(end - from) : null;
}
