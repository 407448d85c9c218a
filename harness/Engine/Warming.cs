using ChaosBench.Engine.Pacing;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// Runs the whole path once against a null target before anything is measured. Without it the first requests carry the time to
/// compile this code: 85 ms of p99 send lag in the prototype, the largest schedule error of all.
/// </summary>
internal static class Warming
{
    private const int Requests = 200;
    private const long Gap = Nanos.PerMillisecond / 2;

    public static async Task RunAsync(Plan plan, PacerOptions pacing)
    {
        if (plan.Arrivals.Count == 0)
        {
            return;
        }

        var sample = plan.Arrivals[0];
        var arrivals = Enumerable.Range(0, Requests)
            .Select(index => sample with { Index = index, Group = index, At = index * Gap, Role = TargetRole.Candidate })
            .ToList();
        var end = Requests * Gap;
        var rehearsal = plan with
        {
            Arrivals = arrivals,
            Phases = [new PhaseWindow(Phase.WarmUp, 0, end)],
            Faults = [],
            Scenario = plan.Scenario with
            {
                Workload = new Workload.Open(new ArrivalProcess.Constant(new Rate(1 / Nanos.ToSeconds(Gap)))),
                Faults = [],
                Abort = [],
            },
        };
        await LoadEngine.RunAsync(new RunRequest
        {
            Plan = rehearsal,
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = new NullTarget() },
            Journal = new NullJournal(),
            Pacing = pacing,
            WarmUp = false,
        }).ConfigureAwait(false);
    }

    private sealed class NullJournal : IJournalWriter
    {
        public void Write(JournalEvent @event)
        {
        }
    }
}
