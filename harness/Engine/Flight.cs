using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>One request under way: its instants, its deadline, and the promise that it ends exactly once.</summary>
internal sealed class Flight : IThreadPoolWorkItem, IDisposable
{
    private readonly Action<Flight> _send;
    private readonly CancellationTokenSource _cancellation;
    private readonly TimeSpan _timeout;
    private int _ended;
    private int _cause;

    public Flight(Arrival arrival, long planned, ITarget target, TimeSpan timeout, FlightPlan plan)
    {
        Arrival = arrival;
        Planned = planned;
        Target = target;
        _timeout = timeout;
        _send = plan.Send;
        _cancellation = new CancellationTokenSource(Timeout.InfiniteTimeSpan, plan.Clock.Time);
        Token = _cancellation.Token;
        Instants = new ObservationBuilder(plan.Clock, () =>
        {
            StartTimeout();
            plan.Observer?.OnSent(arrival);
        });
    }

    public Arrival Arrival { get; }
    public long Planned { get; }
    public ITarget Target { get; }
    public ObservationBuilder Instants { get; }
    public CancellationToken Token { get; }

    /// <summary>Why we gave up on it; the time-out unless somebody said otherwise.</summary>
    public CancelCause Cause => (CancelCause)Volatile.Read(ref _cause);

    public TimeSpan RequestTimeout => _timeout;

    /// <summary>Completes when the flight has ended; closed clients wait for it.</summary>
    public TaskCompletionSource<Outcome> Landed { get; } = new();

    public void Execute() => _send(this);

    public void Cancel(CancelCause cause)
    {
        try
        {
            if (!_cancellation.IsCancellationRequested)
            {
                Interlocked.CompareExchange(ref _cause, (int)cause, (int)CancelCause.Timeout);
            }

            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It landed in between.
        }
    }

    /// <summary>True for the one caller that may write its observation.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    public void Dispose() => _cancellation.Dispose();

    private void StartTimeout()
    {
        try
        {
            _cancellation.CancelAfter(_timeout);
        }
        catch (ObjectDisposedException)
        {
            // It landed in between.
        }
    }
}

/// <summary>What all flights of a run share.</summary>
internal sealed record FlightPlan(RunClock Clock, IRunObserver? Observer, Action<Flight> Send);

internal enum CancelCause
{
    /// <summary>The target's own limit, from the send.</summary>
    Timeout,

    /// <summary>The run's phases are over and so is the drain.</summary>
    Drain,

    /// <summary>The run was stopped.</summary>
    Stop,
}
