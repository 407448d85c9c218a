using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Loops;

/// <summary>
/// The clients of a closed workload that live on one loop; see <see cref="ClosedLoop"/> for what they do. Those that do not think ask
/// again once all replies that have come are read: no reply's stamp waits for another's request, and the server is woken once for many
/// requests.
/// </summary>
internal sealed class LoopClients
{
    private readonly Plan _plan;
    private readonly Workload.Closed _workload;
    private readonly LoopDispatcher _dispatcher;
    private readonly Flights _flights;
    private readonly DeadlineList _thinking;
    private readonly DeadlineList _pausing;
    private readonly List<Client> _clients = [];
    private readonly List<Client> _eager = [];
    private readonly Action _askAgain;
    private bool _over;

    public LoopClients(Plan plan, Workload.Closed workload, LoopDispatcher dispatcher, Flights flights)
    {
        (_plan, _workload, _dispatcher, _flights, _askAgain) = (plan, workload, dispatcher, flights, AskAgain);
        _thinking = dispatcher.Loop.Deadlines(workload.ThinkTime);
        _pausing = dispatcher.Loop.Deadlines(ClosedLoop.PauseAfterFailure);
    }

    /// <summary>Starts every <paramref name="step"/>-th client from <paramref name="first"/> on, of those that are the shard's.</summary>
    public void Start(int first, int step, Shard? shard)
    {
        for (var number = first; number < _workload.Clients; number += step)
        {
            if (shard?.OwnsClient(number) == false)
            {
                continue;
            }

            _flights.Hold();
            var client = new Client(this, number);
            _clients.Add(client);
            client.Ask(_dispatcher.Loop.Clock.Now);
        }
    }

    /// <summary>Nobody asks again; those who think leave.</summary>
    public void Stop()
    {
        _over = true;
        foreach (var client in _clients)
        {
            client.Leave();
        }
    }

    private void AskSoon(Client client)
    {
        _eager.Add(client);
        if (_eager.Count == 1)
        {
            _dispatcher.Loop.Defer(_askAgain);
        }
    }

    private void AskAgain()
    {
        var now = _dispatcher.Loop.Clock.Now;

        // By index: whoever becomes eager meanwhile is asked for too.
        for (var at = 0; at < _eager.Count; at++)
        {
            _eager[at].Ask(now);
        }

        _eager.Clear();
    }

    private sealed class Client : IDeadlined, ILanding
    {
        private readonly LoopClients _all;
        private readonly Conversation _conversation;
        private readonly DeadlineNode _pause;
        private bool _waits;
        private bool _left;

        public Client(LoopClients all, int number)
        {
            _all = all;
            _conversation = new Conversation(all._plan, all._workload, number);
            _pause = new DeadlineNode(this);
        }

        public bool WantsText => _conversation.WantsText;

        public void Ask(long now)
        {
            if (_all._over || now >= _all._plan.End)
            {
                Leave();
                return;
            }

            _waits = true;
            _all._dispatcher.Ready(_conversation.Next(now), now, this);
            _all._dispatcher.Launch();
        }

        public void Landed(Outcome outcome, string? text)
        {
            _waits = false;
            _conversation.Heard(outcome, text);
            var pause = ClosedLoop.PauseAfter(_all._workload, outcome);
            if (pause < TimeSpan.Zero || _all._over)
            {
                Leave();
            }
            else if (pause == TimeSpan.Zero)
            {
                _all.AskSoon(this);
            }
            else
            {
                (pause == _all._workload.ThinkTime ? _all._thinking : _all._pausing).Add(_pause);
            }
        }

        public void OnDeadline() => Ask(_all._dispatcher.Loop.Clock.Now);

        /// <summary>At once, or when its answer has come.</summary>
        public void Leave()
        {
            if (!_left && !_waits)
            {
                _left = true;
                _pause.Cancel();
                _all._flights.Release();
            }
        }
    }
}
