using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Loops;

/// <summary>As <see cref="TaskEpisodes"/>, but everything happens on one loop's thread: what follows is due as exactly as what was planned.</summary>
internal sealed class LoopEpisodes(Plan plan, LoopDispatcher dispatcher, Flights flights) : ILauncher
{
    private Episode? _ready;
    private int _waiting;
    private bool _over;

    public void Ready(Arrival arrival, long planned)
    {
        _ready = Episode.Begins(plan, arrival) ? new Episode(plan, arrival) : null;
        dispatcher.Ready(arrival, planned, _ready is null ? null : new Landing(this, _ready, 0));
    }

    public void Launch()
    {
        var episode = _ready;
        _ready = null;
        dispatcher.Launch();
        if (episode is not null)
        {
            Wait(episode.Begin());
        }
    }

    public void Drop()
    {
        _ready = null;
        dispatcher.Drop();
    }

    /// <summary>What is not due yet is not asked any more.</summary>
    public void Stop()
    {
        _over = true;
        for (; _waiting > 0; _waiting--)
        {
            flights.Release();
        }
    }

    private void Wait(IReadOnlyList<Sequel> sequels)
    {
        foreach (var sequel in sequels)
        {
            if (!_over && sequel.Due < plan.End)
            {
                flights.Hold();
                _waiting++;
                dispatcher.Loop.At(sequel.Due, new Waiting(this, sequel));
            }
        }
    }

    private void Send(Sequel sequel)
    {
        if (_over)
        {
            return;
        }

        _waiting--;
        if (dispatcher.Loop.Clock.Now < plan.End)
        {
            dispatcher.Send(
                sequel.Episode.Request(sequel.Turn, sequel.Due), sequel.Due, new Landing(this, sequel.Episode, sequel.Turn));
        }

        flights.Release();
    }

    private sealed class Waiting(LoopEpisodes all, Sequel sequel) : IDeadlined
    {
        public void OnDeadline() => all.Send(sequel);
    }

    private sealed class Landing(LoopEpisodes all, Episode episode, int turn) : ILanding
    {
        public bool WantsText => episode.NeedsText(turn);

        public void Landed(Outcome outcome, string? text) => all.Wait(episode.Ended(turn, outcome, text, all.Now));
    }

    private long Now => dispatcher.Loop.Clock.Now;
}
