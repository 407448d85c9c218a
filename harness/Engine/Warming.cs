using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// Runs the whole path once before anything is measured: against a server of our own where requests go over an event loop, else
/// against a null target. Without it the first requests carry the time to compile this code: 85 ms of p99 send lag in the prototype,
/// the largest schedule error of all.
/// </summary>
internal static class Warming
{
    private const int Requests = 800;
    private const long Gap = Nanos.PerMillisecond / 2;

    public static async Task RunAsync(RunRequest request)
    {
        if (request.Plan.Arrivals.Count == 0)
        {
            return;
        }

        if (!Lane.RunsOnLoops(request))
        {
            await RunAsync(request, new NullTarget()).ConfigureAwait(false);
            return;
        }

        await using var server = new NullServer();
        await using var target = new OpenAiTarget(new OpenAiSettings { Name = "null", Url = server.Url, Model = "null" });
        await RunAsync(request, target).ConfigureAwait(false);
    }

    private static async Task RunAsync(RunRequest request, ITarget target)
    {
        await LoadEngine.RunAsync(new RunRequest
        {
            Plan = Rehearsal(request.Plan),
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            Journal = new NullJournal(),
            Pacing = request.Pacing,
            WarmUp = false,
        }).ConfigureAwait(false);
    }

    /// <summary>Requests from all over the plan, so that streams and plain replies are both tried.</summary>
    private static Plan Rehearsal(Plan plan)
    {
        var arrivals = Enumerable.Range(0, Requests)
            .Select(index => plan.Arrivals[(int)((long)index * plan.Arrivals.Count / Requests)] with
            {
                Index = index, Group = index, At = index * Gap, Role = TargetRole.Candidate,
            })
            .ToList();
        return plan with
        {
            Arrivals = arrivals,
            Phases = [new PhaseWindow(Phase.WarmUp, 0, Requests * Gap)],
            Faults = [],
            Scenario = plan.Scenario with
            {
                Workload = new Workload.Open(new ArrivalProcess.Constant(new Rate(1 / Nanos.ToSeconds(Gap)))),
                Faults = [],
                Abort = [],
            },
        };
    }

    private sealed class NullJournal : IJournalWriter
    {
        public void Write(JournalEvent @event)
        {
        }
    }
}
