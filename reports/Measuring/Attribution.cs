using System.Diagnostics;
using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// Which fault a detection speaks of. A detection can only be about a fault that its maker is able to see:
/// <code>
/// replica-lost, replica-unresponsive,
/// ejected, failed-over                 faults on replicas and wider, of the replica that was hit
/// dependency-*                         faults on dependencies, of a request that was hit
/// probe, operator, declared sources    every fault, or the one that they name; not what they take back ("resolved")
/// everything else (a full queue ...)   none: it may have any cause
/// </code>
/// Good news (a replica is ready, readmitted) is no detection. What goes wrong in the input is noticed by nobody in the service.
/// </summary>
internal static class Attribution
{
    /// <param name="Among">Ids of the other faults that the same detection may be about.</param>
    public sealed record Found(JournalEvent.Detection Seen, IReadOnlyList<string> Among);

    /// <summary>The first detection of <paramref name="fault"/> from <paramref name="since"/> on, or null.</summary>
    /// <param name="mitigates">Not who noticed it but who says that it was dealt with.</param>
    public static Found? First(FaultLog fault, long since, IReadOnlyList<FaultLog> all, Measurements run, bool mitigates = false)
    {
        foreach (var seen in run.Detections)
        {
            if (seen.At < since || (seen.Mitigates == true) != mitigates || (seen.Target is { } target && target != run.Candidate) || !CanMean(seen, fault))
            {
                continue;
            }

            var others = all.Where(other => other != fault && IsThere(other, seen.At) && CanMean(seen, other)).ToList();

            // A fault that is over does not take the news of one that is there.
            if (IsThere(fault, seen.At) || others.Count == 0)
            {
                return new Found(seen, [.. others.Select(other => other.Plan.Id)]);
            }
        }

        return null;
    }

    private static bool IsThere(FaultLog fault, long at) => fault.TouchedAt <= at && at < (fault.ClearedAt ?? long.MaxValue);

    private static bool CanMean(JournalEvent.Detection seen, FaultLog fault) => seen.What switch
    {
        _ when seen.Source is not null => seen.What != "resolved" && (seen.Fault is null || seen.Fault == fault.Plan.Id),
        "replica-ready" or "readmitted" or "dependency-breaker-probing" or "dependency-breaker-closed" => false,
        "replica-lost" or "replica-unresponsive" or "ejected" or "failed-over" => IsWide(fault.Plan.Scope) && HitReplica(fault, seen.Replica),
        _ when seen.By == "dependency" => IsOfDependency(fault) && HitRequest(fault, seen.Request),
        _ => seen.By is "operator" or "probe",
    };

    private static bool IsOfDependency(FaultLog fault) => fault.Plan.Kind.StartsWith("dependency.", StringComparison.Ordinal);

    /// <summary>Takes a whole replica, or more than one, out of service.</summary>
    private static bool IsWide(FaultScope scope) => scope switch
    {
        FaultScope.Replica or FaultScope.Process or FaultScope.Model or FaultScope.Host => true,
        FaultScope.Attempt or FaultScope.Request or FaultScope.Session or FaultScope.Connection or FaultScope.Stream
            or FaultScope.Chunk => false,
        _ => throw new UnreachableException($"no rule for faults of scope {scope}"),
    };

    private static bool HitReplica(FaultLog fault, int? replica) => fault.Plan.Scope != FaultScope.Replica || replica is not { } number
        || fault.Units.Contains(string.Create(CultureInfo.InvariantCulture, $"replica-{number}"));

    private static bool HitRequest(FaultLog fault, string? request) => fault.Plan.Scope != FaultScope.Request || request is null
        || fault.Units.Contains(request);
}
