using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>
/// An A/B run with fresh starts: in the pause before each block the versions are stopped, the one whose turn it is is started, and a few
/// requests are asked that no number counts:
/// <code>
/// block k-1 | last answers in -> stop both -> start one -> unmeasured requests | block k
/// </code>
/// The plan is not moved for a start that takes longer than the pause; the run ends as broken then, and says what to raise.
/// </summary>
internal sealed class FreshStarter : IRunObserver
{
    private readonly Plan _plan;
    private readonly FreshStarts _settings;
    private readonly RunParts _parts;
    private readonly IReadOnlyDictionary<TargetRole, ITarget> _senders;
    private readonly IRunObserver _inner;
    private readonly RunClock _clock;
    private readonly TimeProvider _time;
    private readonly Dictionary<(int Block, TargetRole Role), Turn> _turns = [];
    private volatile string _doing = "";
    private readonly TaskCompletionSource<RunHalt> _halt = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="run">Who else hears of the requests, and the run's clock.</param>
    public FreshStarter(Plan plan, RunParts parts, IReadOnlyDictionary<TargetRole, ITarget> senders, (IRunObserver Inner, RunClock Clock) run, TimeProvider time)
    {
        (_plan, _settings, _parts, _senders, _inner, _clock, _time) = (plan, plan.Scenario.Fresh!, parts, senders, run.Inner, run.Clock, time);
        foreach (var arrival in plan.Arrivals)
        {
            if (!_turns.TryGetValue((arrival.Block, arrival.Role), out var turn))
            {
                _turns[(arrival.Block, arrival.Role)] = turn = new Turn();
            }

            turn.Left++;
            if (turn.First.Count < _settings.Requests)
            {
                turn.First.Add(arrival);
            }
        }
    }

    /// <summary>Completes when a version does not come up in time.</summary>
    public Task<RunHalt> Halt => _halt.Task;

    public void OnStarted() => _inner.OnStarted();

    public void OnSent(Arrival arrival) => _inner.OnSent(arrival);

    public AnswerUse UseOf(Arrival arrival) => _inner.UseOf(arrival);

    public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output, AnswerUse use)
    {
        _inner.OnEnded(arrival, observation, output, use);
        if (_turns.TryGetValue((arrival.Block, arrival.Role), out var turn) && Interlocked.Decrement(ref turn.Left) == 0)
        {
            turn.Over.TrySetResult();
        }
    }

    /// <summary>Walks the blocks until the last has begun, a version fails, or <paramref name="stop"/> fires.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        BlockWindow? before = null;
        foreach (var block in _plan.Blocks)
        {
            try
            {
                if (await PrepareAsync(before, block, stop).ConfigureAwait(false) is { } halt)
                {
                    _halt.TrySetResult(halt);
                    return;
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }

            before = block;
        }
    }

    private async Task<RunHalt?> PrepareAsync(BlockWindow? before, BlockWindow block, CancellationToken stop)
    {
        await UntilAsync(before?.End ?? 0, stop).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(Span(Math.Max(0, block.Start - _clock.Now)), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var name = _senders[block.Role].Name;
        _doing = "the requests of the block before it were still under way";

        // At once: what is starting may not hear of it before the block begins.
        await using var late = limit.Token.Register(() => _halt.TrySetResult(TooLate(block))).ConfigureAwait(false);
        try
        {
            if (before is not null && _turns.TryGetValue((before.Block, before.Role), out var last))
            {
                await last.Over.Task.WaitAsync(either.Token).ConfigureAwait(false);
            }

            foreach (var role in _parts.Targets.Keys)
            {
                await _parts.StopAsync(role).ConfigureAwait(false);
            }

            _doing = $"{name} was not up again";
            var began = _clock.Now;
            await _parts.StartAgainAsync(block.Role, either.Token).ConfigureAwait(false);
            var took = _clock.Now - began;
            _doing = $"{name} was still at its unmeasured requests";
            var (asked, unanswered) = await WarmUpAsync(block, either.Token).ConfigureAwait(false);
            _parts.Journal.Write(new JournalEvent.TargetStarted
            {
                At = _clock.Now, Target = name, Block = block.Block, Took = took, Requests = asked, Unanswered = unanswered,
            });
            return _clock.Now < block.Start ? null : TooLate(block);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return TooLate(block);
        }
        catch (TargetUnavailableException gone) when (!limit.IsCancellationRequested)
        {
            return new RunHalt(block.Role == TargetRole.Candidate ? RunEnding.CandidateUnavailable : RunEnding.Broken, gone.Message);
        }
        catch (TargetUnavailableException)
        {
            return TooLate(block);
        }
    }

    private RunHalt TooLate(BlockWindow block) => new(RunEnding.Broken, FormattableString.Invariant(
        $"block {block.Block} was to begin and {_doing}: {_settings.Within.TotalSeconds:0.###} s are too short for a fresh start; raise starts: {{ within: ... }}"));

    /// <summary>Of a block as far away as can be, so that no cache of prompts knows what is measured.</summary>
    private async Task<(int Asked, int Unanswered)> WarmUpAsync(BlockWindow block, CancellationToken cancellation)
    {
        var pairs = _plan.Blocks.Count / 2;
        var far = ((block.Block - 1 + (pairs / 2)) % pairs) + 1;
        var (asked, unanswered) = (0, 0);
        while (asked < _settings.Requests && _turns.TryGetValue((far, block.Role), out var turn))
        {
            // Numbers behind the plan's: nothing that is counted has them.
            var index = _plan.Arrivals.Count + asked;
            var reply = await _senders[block.Role].SendAsync(turn.First[asked % turn.First.Count] with { Index = index, Group = index }, new Unheard(), cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            asked++;
            unanswered += reply.Outcome == Outcome.Completed ? 0 : 1;
        }

        return (asked, unanswered);
    }

    private async Task UntilAsync(long at, CancellationToken stop)
    {
        for (var left = at - _clock.Now; left > 0; left = at - _clock.Now)
        {
            await Task.Delay(Span(left), _time, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Rounded up: never before the instant.</summary>
    private static TimeSpan Span(long nanos) => TimeSpan.FromTicks((nanos + 99) / 100);

    /// <summary>One version's part of a block.</summary>
    private sealed class Turn
    {
        public int Left;

        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<Arrival> First { get; } = [];
    }

    /// <summary>What is measured in nothing.</summary>
    private sealed class Unheard : IResponseSink
    {
        public void Sent()
        {
        }

        public void Tokens(int tokens)
        {
        }
    }
}
