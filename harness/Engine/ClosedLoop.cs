using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// Clients that wait for their answer before they ask again. Client c's k-th request has the index k * clients + c, whatever the others do;
/// what it asks is its <see cref="Conversation"/>'s.
/// </summary>
internal sealed class ClosedLoop(
    Plan plan, Workload.Closed workload, RunClock clock, Waits waits, Dispatcher dispatcher, Flights flights)
{
    /// <summary>A client without think time whose target refuses connections would otherwise fill the journal as fast as it can.</summary>
    internal static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    /// <summary>Whose clients are started. Null: all of them.</summary>
    public Shard? Shard { get; init; }

    /// <summary>Starts the clients; they stop by themselves when the last phase is over or <paramref name="over"/> fires.</summary>
    public void Start(CancellationToken over)
    {
        for (var client = 0; client < workload.Clients; client++)
        {
            if (Shard?.OwnsClient(client) == false)
            {
                continue;
            }

            flights.Hold();
            _ = RunAsync(client, over);
        }
    }

    private async Task RunAsync(int client, CancellationToken over)
    {
        try
        {
            var conversation = new Conversation(plan, workload, client);
            while (clock.Now < plan.End && !over.IsCancellationRequested)
            {
                var now = clock.Now;
                var flight = dispatcher.Dispatch(conversation.Next(now), now);
                var (outcome, text) = await flight.Landed.Task.ConfigureAwait(false);
                conversation.Heard(outcome, text);
                var pause = PauseAfter(workload, outcome);
                if (pause < TimeSpan.Zero)
                {
                    return;
                }

                if (pause > TimeSpan.Zero)
                {
                    await waits.UntilAsync(clock.Now + Nanos.From(pause), over).ConfigureAwait(false);
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

    /// <summary>Negative: this client is done. A request that was not sent (budget, stop) will not be sent a moment later either.</summary>
    public static TimeSpan PauseAfter(Workload.Closed workload, Outcome outcome) => outcome switch
    {
        Outcome.NotSent => -TimeSpan.FromTicks(1),
        Outcome.ConnectError or Outcome.TlsError when workload.ThinkTime < PauseAfterFailure => PauseAfterFailure,
        _ => workload.ThinkTime,
    };
}
