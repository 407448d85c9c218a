using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>One request under way: its instants, its deadline, and the promise that it ends exactly once.</summary>
internal abstract class Flight
{
    private int _underWay;
    private int _ended;
    private int _cause;

    public abstract Arrival Arrival { get; }
    public abstract long Planned { get; }
    public abstract string Target { get; }
    public abstract ObservationBuilder Instants { get; }

    /// <summary>We gave up on it; <see cref="Cause"/> says why.</summary>
    public abstract bool IsCancelled { get; }

    public abstract TimeSpan RequestTimeout { get; }

    /// <summary>What the observer said of its answer's text.</summary>
    public AnswerUse Use { get; protected set; }

    /// <summary>Why we gave up on it; the time-out unless somebody said otherwise.</summary>
    public CancelCause Cause => (CancelCause)Volatile.Read(ref _cause);

    /// <summary>Serves many requests, one after the other.</summary>
    public virtual bool IsReused => false;

    public bool IsUnderWay => Volatile.Read(ref _underWay) == 1;

    public abstract void Cancel(CancelCause cause);

    public void Depart() => Volatile.Write(ref _underWay, 1);

    /// <summary>True once for each departure.</summary>
    public bool Arrive() => Interlocked.Exchange(ref _underWay, 0) == 1;

    /// <summary>True for the one caller that may write its observation.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    /// <summary>The first cause counts.</summary>
    protected void Blame(CancelCause cause) => Interlocked.CompareExchange(ref _cause, (int)cause, (int)CancelCause.Timeout);

    /// <summary>Begins again, as another request.</summary>
    protected void Renew()
    {
        Volatile.Write(ref _cause, (int)CancelCause.Timeout);
        Volatile.Write(ref _ended, 0);
    }
}

/// <summary>A request that a target answers on tasks.</summary>
internal sealed class TaskFlight : Flight, IThreadPoolWorkItem, IDisposable
{
    private readonly Action<TaskFlight> _send;
    private readonly CancellationTokenSource _cancellation;
    private readonly TimeSpan _timeout;

    public TaskFlight(Arrival arrival, long planned, ITarget carrier, TimeSpan timeout, FlightPlan plan)
    {
        Arrival = arrival;
        Planned = planned;
        Carrier = carrier;
        _timeout = timeout;
        _send = plan.Send;
        Use = plan.Observer?.UseOf(arrival) ?? AnswerUse.None;
        _cancellation = new CancellationTokenSource(Timeout.InfiniteTimeSpan, plan.Clock.Time);
        Token = _cancellation.Token;
        Instants = new ObservationBuilder(plan.Clock, () =>
        {
            StartTimeout();
            plan.Observer?.OnSent(arrival);
        });
    }

    public override Arrival Arrival { get; }
    public override long Planned { get; }
    public override ObservationBuilder Instants { get; }
    public override string Target => Carrier.Name;
    public override bool IsCancelled => Token.IsCancellationRequested;
    public override TimeSpan RequestTimeout => _timeout;

    public ITarget Carrier { get; }
    public CancellationToken Token { get; }

    /// <summary>Completes when the flight has ended; closed clients wait for it.</summary>
    public TaskCompletionSource<(Outcome Outcome, string? Text)> Landed { get; } = new();

    public void Execute() => _send(this);

    public override void Cancel(CancelCause cause)
    {
        try
        {
            if (!_cancellation.IsCancellationRequested)
            {
                Blame(cause);
            }

            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It landed in between.
        }
    }

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
internal sealed record FlightPlan(RunClock Clock, IRunObserver? Observer, Action<TaskFlight> Send);

internal enum CancelCause
{
    /// <summary>The target's own limit, from the send.</summary>
    Timeout,

    /// <summary>The run's phases are over and so is the drain.</summary>
    Drain,

    /// <summary>The run was stopped.</summary>
    Stop,
}
