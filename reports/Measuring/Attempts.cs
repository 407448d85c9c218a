using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// Attempts per logical request. One each, and one more whenever a router says that it took a request to another replica; what retries
/// unseen is not counted, so that where nobody ever says so there is no number.
/// </summary>
internal static class Attempts
{
    public static double? Amplification(Measurements run, long from, long until)
    {
        var moved = run.Detections.Where(seen => seen.What == "failed-over").Select(seen => seen.At).ToList();
        var baseline = run.WindowsOf(Phase.Baseline).ToList();
        if (moved.Count == 0 || baseline.Count == 0)
        {
            return null;
        }

        var before = PerRequest(run, moved, baseline[0].Start, baseline[^1].End);
        return PerRequest(run, moved, from, until) / before;
    }

    private static double? PerRequest(Measurements run, List<long> moved, long from, long until)
    {
        var requests = run.Requests.PlannedBetween(from, Math.Max(from, until)).LongCount(request => request.Target == run.Candidate && request.WasSent);
        return requests == 0 ? null : 1 + ((double)moved.Count(at => at >= from && at < until) / requests);
    }
}
