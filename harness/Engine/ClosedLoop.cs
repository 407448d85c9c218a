using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// Clients that wait for their answer before they ask again. Client c's k-th request is entry (k * clients + c) mod count of the
/// plan's cycle, whatever the others do; that number, before the mod, is the arrival's index.
/// </summary>
internal sealed class ClosedLoop(Plan plan, Workload.Closed workload, RunClock clock, Dispatcher dispatcher, Flights flights)
{
    /// <summary>A client without think time whose target refuses connections would otherwise fill the journal as fast as it can.</summary>
    internal static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    /// <summary>Starts the clients; they stop by themselves when the last phase is over or <paramref name="over"/> fires.</summary>
    public void Start(CancellationToken over)
    {
        for (var client = 0; client < workload.Clients; client++)
        {
            flights.Hold();
            _ = RunAsync(client, over);
        }
    }

    private async Task RunAsync(int client, CancellationToken over)
    {
        try
        {
            for (var round = 0; clock.Now < plan.End && !over.IsCancellationRequested; round++)
            {
                var now = clock.Now;
                var flight = dispatcher.Dispatch(Draw(checked((round * workload.Clients) + client), now), now);
                var pause = PauseAfter(await flight.Landed.Task.ConfigureAwait(false));
                if (pause < TimeSpan.Zero)
                {
                    return;
                }

                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, clock.Time, over).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The phases ended, or the run was stopped, while it was thinking.
        }
        finally
        {
            flights.Release();
        }
    }

    /// <summary>The planner could not know when a client would ask, so the input faults that are due are applied here.</summary>
    private Arrival Draw(int index, long now) => InputFaults.Apply(
        plan.Faults, plan.Seed, plan.Arrivals[index % plan.Arrivals.Count] with { Index = index, At = 0, Group = index }, now);

    /// <summary>Negative: this client is done. A request that was not sent (budget, stop) will not be sent a moment later either.</summary>
    private TimeSpan PauseAfter(Outcome outcome) => outcome switch
    {
        Outcome.NotSent => -TimeSpan.FromTicks(1),
        Outcome.ConnectError or Outcome.TlsError when workload.ThinkTime < PauseAfterFailure => PauseAfterFailure,
        _ => workload.ThinkTime,
    };
}
