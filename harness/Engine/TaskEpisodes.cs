using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>Sends planned arrivals by way of the thread pool, and what follows them when it is due.</summary>
/// <param name="over">Fires when the last phase ends: what is not due by then is not asked.</param>
internal sealed class TaskEpisodes(
    Plan plan, RunClock clock, Waits waits, Dispatcher dispatcher, Flights flights, CancellationToken over) : ILauncher
{
    private (Arrival Arrival, long Planned)? _ready;

    public void Ready(Arrival arrival, long planned) => _ready = (arrival, planned);

    public void Drop() => _ready = null;

    public void Launch()
    {
        var (arrival, planned) = _ready!.Value;
        _ready = null;
        var flight = dispatcher.Dispatch(arrival, planned);
        if (Episode.Begins(plan, arrival))
        {
            var episode = new Episode(plan, arrival);
            _ = FollowAsync(flight, episode, 0);
            Start(episode.Begin());
        }
    }

    private void Start(IReadOnlyList<Sequel> sequels)
    {
        foreach (var sequel in sequels)
        {
            flights.Hold();
            _ = SendAsync(sequel);
        }
    }

    private async Task FollowAsync(TaskFlight flight, Episode episode, int turn)
    {
        var (outcome, text) = await flight.Landed.Task.ConfigureAwait(false);
        Start(episode.Ended(turn, outcome, text, clock.Now));
    }

    private async Task SendAsync(Sequel sequel)
    {
        try
        {
            if (sequel.Due >= plan.End)
            {
                return;
            }

            await waits.UntilAsync(sequel.Due, over).ConfigureAwait(false);
            if (clock.Now < plan.End && !over.IsCancellationRequested)
            {
                var flight = dispatcher.Dispatch(sequel.Episode.Request(sequel.Turn, sequel.Due), sequel.Due);
                _ = FollowAsync(flight, sequel.Episode, sequel.Turn);
            }
        }
        catch (OperationCanceledException)
        {
            // The phases ended, or the run was stopped, before it was due.
        }
        finally
        {
            flights.Release();
        }
    }
}
