using ChaosBench.Engine.Loops;
using ChaosBench.Engine.Pacing;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Engine;

/// <summary>
/// Walks a plan against its targets and writes what happened:
/// <code>
/// Plan -> lane (own thread) -> dispatcher -> target -> observation -> journal
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
            await Warming.RunAsync(request).ConfigureAwait(false);
        }

        await BeginAsync(request, cancellation).ConfigureAwait(false);
        using var stop = new RunStop();
        using var flights = new Flights();
        await using var registration = cancellation.Register(() => stop.Request(RunEnding.Cancelled, "by its caller (Ctrl-C, SIGTERM)")).ConfigureAwait(false);
        var run = new Run(request, stop, flights);
        await using var _ = run.ConfigureAwait(false);
        await run.OnOwnThreadAsync().ConfigureAwait(false);
        return run.Outcome();
    }

    private static async Task BeginAsync(RunRequest request, CancellationToken cancellation)
    {
        try
        {
            await (request.Begin?.Invoke(cancellation) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The run below ends at once, with an outcome for every arrival.
        }
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
    private sealed class Run : IAsyncDisposable
    {
        private readonly RunRequest _request;
        private readonly RunStop _stop;
        private readonly Flights _flights;
        private readonly Tally _tally = new();
        private readonly RecentWindow _recent;
        private readonly CancellationTokenSource _phasesOver;
        private readonly CancellationTokenSource _finished = new();
        private readonly Recorder _recorder;
        private readonly IReadOnlyList<Lane> _lanes;
        private Task _alongside = Task.CompletedTask;
        private Pulse? _pulse;

        public Run(RunRequest request, RunStop stop, Flights flights)
        {
            (_request, _stop, _flights) = (request, stop, flights);
            _phasesOver = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            _recent = new RecentWindow(keepsObservations: request.Plan.Scenario.Abort.Count > 0 || request.Conditions is not null)
            {
                KeepsEnds = request.ProgressHasEnds,
            };
            _recorder = new Recorder(request, stop, _tally, _recent);
            _lanes = Lane.Create(request, stop, flights, _recorder, _phasesOver.Token);
        }

        private static Response Abandoned { get; } = new() { Outcome = Reports.Journal.Outcome.Cancelled };

        private IPacer Pacer => _lanes[0].Pacer;

        private long End => Math.Min(_request.Plan.End, _request.Horizon?.End ?? long.MaxValue);

        public RunOutcome Outcome() => new(_stop.Ending, _stop.Reason, _tally.Snapshot(), _request.Clock.Now);

        public async Task OnOwnThreadAsync()
        {
            var walked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Start("chaosbench-pacer", () =>
            {
                try
                {
                    Walk();
                    walked.SetResult();
                }
#pragma warning disable CA1031 // Carried to the awaiting caller.
                catch (Exception bug)
#pragma warning restore CA1031
                {
                    walked.SetException(bug);
                }
            });
            try
            {
                await walked.Task.ConfigureAwait(false);
            }
            finally
            {
                await FinishAsync().ConfigureAwait(false);
            }
        }

        private static Thread Start(string name, Action work)
        {
            var thread = new Thread(() =>
            {
                PromptThread.Ask();
                work();
            })
            { IsBackground = true, Name = name };
            thread.Start();
            return thread;
        }

        private void Walk()
        {
            _request.Clock.Start();
            _request.Observer?.OnStarted();
            _pulse = new Pulse(
                _request, _stop, _flights, _tally, _recent, new GeneratorWatch([.. _lanes.Select(lane => lane.Events).OfType<EventLoop>()]));
            _request.Halt?.ContinueWith(
                halt => _stop.Request(halt.Result.Ending, OneLine.Of(halt.Result.Reason) ?? ""), _phasesOver.Token,
                TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            _alongside = StartAlongside();
            _flights.Hold();
            var others = _lanes.Skip(1).Select(StartBeside).ToList();
            try
            {
                Walk(_lanes[0]);
                _phasesOver.Cancel();
                _flights.Release();
                Drain();
            }
            finally
            {
                _finished.Cancel();
                others.ForEach(thread => thread.Join());
                _lanes[0].Dispose();
            }
        }

        private void Walk(Lane lane)
        {
            lane.Walk(_stop.Token);
            using (var near = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _request.Horizon?.Drawn ?? default))
            {
                lane.Pacer.WaitUntil(End, near.Token);
            }

            lane.Pacer.WaitUntil(End, _stop.Token);
            lane.PhasesOver();
        }

        private Thread StartBeside(Lane lane, int number)
        {
            // Before anybody else can let go: its requests count too.
            _flights.Hold();
            return Start($"chaosbench-loop-{number + 1}", () => WalkBeside(lane));
        }

        /// <summary>Another thread's share; it lives until the last answer is in, or is not waited for any more.</summary>
        private void WalkBeside(Lane lane)
        {
            using (lane)
            {
                try
                {
                    Walk(lane);
                    _flights.Release();
                    lane.Pacer.WaitUntil(long.MaxValue, _finished.Token);
                }
#pragma warning disable CA1031 // Nobody awaits this thread: its bug must still end the run.
                catch (Exception bug)
#pragma warning restore CA1031
                {
                    _stop.Broke("sending", bug);
                }
            }
        }

        private void Drain()
        {
            using (var settled = CancellationTokenSource.CreateLinkedTokenSource(_flights.Idle, _stop.Token))
            {
                Pacer.WaitUntil(End + Nanos.From(_request.Plan.Scenario.Drain), settled.Token);
            }

            var cause = _stop.Token.IsCancellationRequested ? CancelCause.Stop : CancelCause.Drain;
            foreach (var flight in _flights.All)
            {
                flight.Cancel(cause);
            }

            Pacer.WaitUntil(_request.Clock.Now + Nanos.From(CancelGrace), _flights.Idle);
            foreach (var flight in _flights.All.Where(flight => flight.TryEnd()))
            {
                _recorder.Record(flight, _recorder.Interpret(flight, Abandoned));
                _flights.Remove(flight);
            }
        }

        /// <summary>Started off this thread, so that no driver can hold up the schedule.</summary>
        private Task StartAlongside()
        {
            if (_request.Alongside is not { } alongside)
            {
                return Task.CompletedTask;
            }

            var token = _phasesOver.Token;
            return _request.Queue is null ? Task.Run(InPlaceAsync, CancellationToken.None) : InPlaceAsync();

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
                _stop.Request(RunEnding.Broken, $"{problem.GetType().Name}: {OneLine.Of(problem.Message)}");
            }

            _recorder.Dispose();
            await StopPulseAsync().ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            await StopPulseAsync().ConfigureAwait(false);
            _recorder.Dispose();
            _phasesOver.Dispose();
            _finished.Dispose();
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
