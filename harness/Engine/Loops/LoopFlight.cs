using ChaosBench.Engine.Grading;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Loops;

/// <summary>A request on an event loop. Used again for the next one, so that a request leaves no garbage but its observation.</summary>
internal sealed class LoopFlight : Flight, ILoopSink, IDeadlined
{
    private readonly LoopDispatcher _dispatcher;
    private readonly DeadlineNode _deadline;
    private Arrival? _arrival;
    private ILoopCall? _call;
    private ILanding? _landing;
    private long _sentAt;
    private bool _cancelled;
    private bool _launched;

    public LoopFlight(LoopDispatcher dispatcher)
    {
        _dispatcher = dispatcher;
        _deadline = new DeadlineNode(this);
        Instants = new ObservationBuilder(dispatcher.Loop.Clock, OnSent);
    }

    public override Arrival Arrival => _arrival!;
    public override long Planned => PlannedAt;
    public override string Target => Lane!.Target.Name;
    public override ObservationBuilder Instants { get; }
    public override bool IsReused => true;
    public override bool IsCancelled => _cancelled;
    public override TimeSpan RequestTimeout => Lane!.Timeout;

    private long PlannedAt { get; set; }

    private RoleLane? Lane { get; set; }

    private bool WantsText => Use != AnswerUse.None || Graders.Concern(_arrival!) || _landing is { WantsText: true };

    public void Prepare(Arrival arrival, long planned, RoleLane lane, ILanding? landing)
    {
        (_arrival, PlannedAt, Lane, _landing) = (arrival, planned, lane, landing);
        (_cancelled, _launched) = (false, false);
        Use = _dispatcher.Observer?.UseOf(arrival) ?? AnswerUse.None;
        Instants.Renew();
        Renew();
        _call = lane.Session.Prepare(arrival, this);
    }

    public void Launch()
    {
        _launched = true;
        _call!.Start();
    }

    /// <summary>Lets go of a request that will not be sent.</summary>
    public void Drop() => _call!.Cancel();

    /// <summary>From any thread.</summary>
    public override void Cancel(CancelCause cause)
    {
        if (_dispatcher.Loop.IsCurrent)
        {
            CancelHere(_arrival!, cause);
        }
        else
        {
            var meant = _arrival!;
            _dispatcher.Loop.Post(() => CancelHere(meant, cause));
        }
    }

    public void OnDeadline() => CancelHere(_arrival!, CancelCause.Timeout);

    public void Ended(ICallResult result)
    {
        _call = null;
        _deadline.Cancel();
        if (!_launched)
        {
            _dispatcher.Rest(this);
            return;
        }

        var landing = _landing;
        var response = result.ToResponse(WantsText);
        _dispatcher.End(this, in response);
        landing?.Landed(result.Outcome, response.Text);
    }

    public void Sent() => Sent(Stamp());

    public void Sent(long stamp)
    {
        _sentAt = stamp;
        Instants.Sent(stamp);
    }

    public void Tokens(int tokens) => Instants.Tokens(tokens);

    public long Stamp() => _dispatcher.Loop.Clock.Now;

    public void Tokens(int tokens, long stamp) => Instants.Tokens(tokens, stamp);

    private void OnSent()
    {
        Lane!.Timeouts.Add(_deadline, _sentAt);
        _dispatcher.Observer?.OnSent(_arrival!);
    }

    private void CancelHere(Arrival meant, CancelCause cause)
    {
        if (_call is not null && ReferenceEquals(meant, _arrival))
        {
            _cancelled = true;
            Blame(cause);
            _call.Cancel();
        }
    }
}

/// <summary>Whoever waits for a flight to end. Called on its loop's thread.</summary>
internal interface ILanding
{
    bool WantsText { get; }

    /// <param name="text">What was answered, if anything was and it was wanted.</param>
    void Landed(Outcome outcome, string? text);
}

/// <summary>One target of the plan, as one loop sees it.</summary>
internal sealed record RoleLane(ILoopTarget Target, ILoopSession Session, TimeSpan Timeout, DeadlineList Timeouts);
