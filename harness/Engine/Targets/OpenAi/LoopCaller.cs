using ChaosBench.Engine.Loops;
using ChaosBench.Engine.Targets.Http;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>The event loop for callers that wait on tasks: a thread of its own behind <see cref="ITarget.SendAsync"/>.</summary>
internal sealed class LoopCaller : IDisposable
{
    private readonly LoopThread _thread = new("chaosbench-http");
    private readonly RetryAfterGate _gate;
    private readonly HostEndpoints _host;

    // Of the loop's thread, as everything that a loop knows.
    private ILoopSession? _session;

    public LoopCaller(ILoopTarget target, RetryAfterGate gate, HostEndpoints host)
    {
        (_gate, _host) = (gate, host);
        _thread.Loop.Post(() => _session = target.Open(_thread.Loop, share: 1));
    }

    public async Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation)
    {
        if (await _gate.PassAsync(cancellation).ConfigureAwait(false) is { } heldBack)
        {
            return heldBack;
        }

        await _host.EnsureAsync(cancellation).ConfigureAwait(false);
        var waiting = new Waiting(sink);
        _thread.Loop.Post(() => waiting.Start(_session!, arrival));
        await using var registration = cancellation.Register(() => _thread.Loop.Post(waiting.Cancel)).ConfigureAwait(false);
        return await waiting.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _thread.Loop.Post(() => _session!.Dispose());
        _thread.Dispose();
    }

    private sealed class Waiting(IResponseSink sink) : ILoopSink
    {
        private readonly TaskCompletionSource<Response> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ILoopCall? _call;
        private bool _cancelled;

        public Task<Response> Task => _ended.Task;

        public void Start(ILoopSession session, Arrival arrival)
        {
            if (_cancelled)
            {
                _ended.SetResult(new Response { Outcome = Outcome.Cancelled });
                return;
            }

            _call = session.Prepare(arrival, this);
            _call.Start();
        }

        public void Cancel()
        {
            _cancelled = true;
            _call?.Cancel();
        }

        public void Ended(ICallResult result)
        {
            _call = null;
            _ended.SetResult(result.ToResponse(withText: true));
        }

        public void Sent() => sink.Sent();

        public void Sent(long stamp) => sink.Sent(stamp);

        public void Tokens(int tokens) => sink.Tokens(tokens);

        public long Stamp() => sink.Stamp();

        public void Tokens(int tokens, long stamp) => sink.Tokens(tokens, stamp);
    }
}
