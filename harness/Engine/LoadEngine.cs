using ChaosBench.Engine.Pacing;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Engine;

/// <summary>
/// Walks a plan against its targets and writes what happened:
/// <code>
/// Plan -> pacer (own thread) -> dispatcher -> target (thread pool) -> observation -> journal
///           |                                                             |
///           | phases -> drain -> give up                        scores, abort conditions, progress
/// </code>
/// Arrivals = outcomes, always: what was not sent has an observation that says why.
/// </summary>
public static class LoadEngine
{
    /// <summary>A target that was cancelled and does not come back within this is left behind; its request is accounted for.</summary>
    internal static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Runs the plan to its end. <paramref name="cancellation"/> stops it: outstanding requests end as cancelled, the rest as not
    /// sent, and the outcome says so; it does not throw for that.
    /// </summary>
    /// <exception cref="ArgumentException">The request does not fit together: a role without a target, an abort condition that cannot be watched.</exception>
    public static async Task<RunOutcome> RunAsync(RunRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        if (request.WarmUp)
        {
            await Warming.RunAsync(request.Plan, request.Pacing).ConfigureAwait(false);
        }

        using var stop = new RunStop();
        using var flights = new Flights();
        await using var registration = cancellation.Register(() => stop.Request(RunEnding.Cancelled, "by its caller (Ctrl-C, SIGTERM)")).ConfigureAwait(false);
        var run = new Run(request, stop, flights);
        await using var _ = run.ConfigureAwait(false);
        await run.OnOwnThreadAsync().ConfigureAwait(false);
        return run.Outcome();
    }

    private static void Check(RunRequest request)
    {
        var plan = request.Plan;
        if (plan.Arrivals.FirstOrDefault(arrival => !request.Targets.ContainsKey(arrival.Role)) is { } orphan)
        {
            throw new ArgumentException($"the plan sends to the {orphan.Role} but no such target was given", nameof(request));
        }

        if (plan.Scenario.Workload is Workload.Closed && plan.Arrivals.Count == 0)
        {
            throw new ArgumentException("a closed workload needs at least one request to draw from", nameof(request));
        }

        _ = new AbortMonitor(plan.Scenario.Abort);
    }

    /// <summary>The one-screen main path of a run.</summary>
    private sealed class Run(RunRequest request, RunStop stop, Flights flights) : IAsyncDisposable
    {
        private readonly Tally _tally = new();
        private readonly RecentWindow _recent = new();
        private readonly IPacer _pacer = request.Pacer ?? new MonotonicPacer(request.Clock, request.Pacing);
        private readonly CancellationTokenSource _phasesOver = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        private Task _alongside = Task.CompletedTask;
        private Pulse? _pulse;

        public RunOutcome Outcome() => new(stop.Ending, stop.Reason, _tally.Snapshot(), request.Clock.Now);

        public async Task OnOwnThreadAsync()
        {
            var walked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var thread = new Thread(() =>
            {
                try
                {
                    LinuxClock.RemoveTimerSlack();
                    Walk();
                    walked.SetResult();
                }
#pragma warning disable CA1031 // Carried to the awaiting caller.
                catch (Exception bug)
#pragma warning restore CA1031
                {
                    walked.SetException(bug);
                }
            })
            { IsBackground = true, Name = "chaosbench-pacer" };
            thread.Start();
            try
            {
                await walked.Task.ConfigureAwait(false);
            }
            finally
            {
                await FinishAsync().ConfigureAwait(false);
            }
        }

        private void Walk()
        {
            request.Clock.Start();
            request.Observer?.OnStarted();
            var dispatcher = new Dispatcher(request, stop, flights, _tally, _recent);
            _pulse = new Pulse(request, stop, flights, _tally, _recent);
            _alongside = StartAlongside();
            flights.Hold();
            switch (request.Plan.Scenario.Workload)
            {
                case Workload.Open:
                    OpenLoop.Walk(request.Plan.Arrivals, _pacer, dispatcher, stop);
                    break;
                case Workload.Closed closed:
                    new ClosedLoop(request.Plan, closed, request.Clock, dispatcher, flights).Start(_phasesOver.Token);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }

            _pacer.WaitUntil(request.Plan.End, stop.Token);
            _phasesOver.Cancel();
            flights.Release();
            Drain(dispatcher);
        }

        private void Drain(Dispatcher dispatcher)
        {
            using (var settled = CancellationTokenSource.CreateLinkedTokenSource(flights.Idle, stop.Token))
            {
                _pacer.WaitUntil(request.Plan.End + Nanos.From(request.Plan.Scenario.Drain), settled.Token);
            }

            var cause = stop.Token.IsCancellationRequested ? CancelCause.Stop : CancelCause.Drain;
            foreach (var flight in flights.All)
            {
                flight.Cancel(cause);
            }

            _pacer.WaitUntil(request.Clock.Now + Nanos.From(CancelGrace), flights.Idle);
            foreach (var flight in flights.All)
            {
                dispatcher.Abandon(flight);
            }
        }

        /// <summary>Started off this thread, so that no driver can hold up the schedule.</summary>
        private Task StartAlongside()
        {
            if (request.Alongside is not { } alongside)
            {
                return Task.CompletedTask;
            }

            var token = _phasesOver.Token;
            return request.Queue is null ? Task.Run(InPlaceAsync, CancellationToken.None) : InPlaceAsync();

            async Task InPlaceAsync() => await alongside(token).ConfigureAwait(false);
        }

        private async Task FinishAsync()
        {
            await _phasesOver.CancelAsync().ConfigureAwait(false);
            try
            {
                await _alongside.ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_phasesOver.IsCancellationRequested)
            {
                // It was told to end.
            }
#pragma warning disable CA1031 // What runs beside the load is the caller's; its failure ends the run as broken, with the journal whole.
            catch (Exception problem)
#pragma warning restore CA1031
            {
                stop.Request(RunEnding.Broken, $"{problem.GetType().Name}: {OneLine.Of(problem.Message)}");
            }

            await StopPulseAsync().ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            await StopPulseAsync().ConfigureAwait(false);
            _phasesOver.Dispose();
        }

        private async Task StopPulseAsync()
        {
            if (_pulse is not null)
            {
                await _pulse.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
