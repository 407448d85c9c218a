using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>What several parts of a report count over all requests of a run, in one pass: those of a long one are unpacked each time.</summary>
/// <param name="Lag">Dispatch lag, warm-up left out.</param>
/// <param name="LateBy">Its 99th percentile, seconds, however few there were. Null: nothing was sent.</param>
/// <param name="InPlan">Requests that the plan has; turns that follow answers lie beyond.</param>
/// <param name="SentInPlan">Those of them that were sent.</param>
internal sealed record RunTally(
    MetricSummary Lag, double? LateBy, int InPlan, int SentInPlan, IReadOnlyDictionary<Outcome, long> Outcomes)
{
    public static RunTally Of(Measurements run)
    {
        var (lags, planned) = (new DistributionBuilder(), run.Run.PlannedArrivals);
        var (inPlan, sent, outcomes) = (0, 0, new Dictionary<Outcome, long>());
        foreach (var request in run.Requests)
        {
            outcomes[request.Outcome] = outcomes.GetValueOrDefault(request.Outcome) + 1;
            if (request.Arrival < planned)
            {
                inPlan++;
                sent += request.WasSent ? 1 : 0;
            }

            if (request.Phase != Phase.WarmUp)
            {
                MetricValues.AddTo(lags, MetricId.DispatchLag, request);
            }
        }

        var late = lags.Build();
        return new RunTally(Summaries.Of(late), late.Quantile(0.99), inPlan, sent, outcomes);
    }
}
