using ChaosBench.Engine;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Ui;

/// <summary>Turns the progress of one run, which only grows, into what happened in each second.</summary>
internal sealed class LiveMeter(Plan plan)
{
    // Sessions decide when they go on, and closed workloads when they send: neither has a planned rate.
    private readonly bool _hasRate = plan.Scenario.Workload is Workload.Open { Sessions: false };
    private readonly Dictionary<string, PlannedFault> _faults = plan.Faults.ToDictionary(fault => fault.Fault.Id, StringComparer.Ordinal);
    private RunProgress? _last;
    private int _planned;

    public LiveFrame Read(RunProgress now)
    {
        var seconds = Math.Max(1e-3, (now.Elapsed - (_last?.Elapsed ?? TimeSpan.Zero)).TotalSeconds);
        var due = _hasRate ? Due(Nanos.From(now.Elapsed)) : 0;
        var frame = new LiveFrame
        {
            At = Math.Round(now.Elapsed.TotalSeconds, 2),
            Phase = Kebab.Of(now.Phase),
            Planned = _hasRate ? Rate(due - _planned, seconds) : null,
            Sent = Rate(now.Counts.Sent - (_last?.Counts.Sent ?? 0), seconds),
            Completed = Rate(now.Counts.Completed - (_last?.Counts.Completed ?? 0), seconds),
            Tokens = Rate(now.OutputTokens - (_last?.OutputTokens ?? 0), seconds),
            Bad = Bad(now, seconds),
            InFlight = now.InFlight,
            TtftP50 = Short(now.TtftP50),
            TtftP99 = Short(now.TtftP99),
            E2eP50 = Short(now.E2eP50),
            E2eP99 = Short(now.E2eP99),
            AllSent = now.Counts.Sent,
            AllCompleted = now.Counts.Completed,
            AllFailed = now.Counts.Failed,
            Faults = [.. now.ActiveFaults.Select(id => Fault(id, now.Elapsed))],
        };
        (_last, _planned) = (now, due);
        return frame;
    }

    /// <summary>Arrivals that are due before an instant: they are in order.</summary>
    private int Due(long at)
    {
        var (low, high) = (_planned, plan.Arrivals.Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (plan.Arrivals[middle].At < at)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Per second and outcome, of those that neither completed nor were stopped by us.</summary>
    private Dictionary<string, double>? Bad(RunProgress now, double seconds)
    {
        var bad = now.Counts.ByOutcome
            .Where(pair => pair.Key is not (Outcome.Completed or Outcome.Cancelled))
            .Select(pair => (Name: Kebab.Of(pair.Key), Count: pair.Value - (_last?.Counts.ByOutcome.GetValueOrDefault(pair.Key) ?? 0)))
            .Where(pair => pair.Count > 0)
            .ToDictionary(pair => pair.Name, pair => Rate(pair.Count, seconds), StringComparer.Ordinal);
        return bad.Count == 0 ? null : bad;
    }

    private LiveFault Fault(string id, TimeSpan now)
    {
        var fault = _faults.GetValueOrDefault(id);
        var left = fault is null ? 0 : Nanos.ToSeconds(fault.End) - now.TotalSeconds;
        return new LiveFault(Printable.Line(id, 80), Printable.Line(fault?.Fault.Kind ?? "", 80), left > 0 ? Math.Round(left, 1) : null);
    }

    private static double Rate(long count, double seconds) => Math.Round(count / seconds, 1);

    private static double? Short(double? seconds) => seconds is { } known && double.IsFinite(known) ? Math.Round(known, 5) : seconds;
}
