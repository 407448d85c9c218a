using System.Collections.Concurrent;
using ChaosBench.Engine;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>
/// Listens to the baseline phase on its way to the journal and says, just before the first fault, whether it was steady. If not, the run
/// ends there and nothing is injected. A plan without faults or without a baseline before them has no gate.
/// </summary>
internal sealed class BaselineWatch(IJournalWriter journal, JournalEvent.RunStarted header, Plan plan, TimeProvider time) : IJournalWriter
{
    /// <summary>More than these say nothing new, and all of them are held in memory until the first fault.</summary>
    private const int MostKept = 200_000;

    private static readonly long Lead = Nanos.PerSecond / 4;

    private readonly TaskCompletionSource<RunHalt> _halt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<int, (Arrival Arrival, long Planned)> _waiting = new();
    private readonly ConcurrentQueue<JournalEvent> _seen = new();
    private readonly ConcurrentDictionary<int, bool> _asked = new();
    private volatile bool _listening = DecidesAt(plan) is not null;

    public Task<RunHalt> Halt => _halt.Task;

    /// <summary>When the gate is asked: a moment before the first fault, so that no request of its window is sent before the answer. Null: there is no gate.</summary>
    internal static long? DecidesAt(Plan plan)
    {
        if (plan.Faults.Count == 0 || plan.Phases.FirstOrDefault(phase => phase.Phase == Phase.Baseline) is not { } baseline || baseline.End <= baseline.Start)
        {
            return null;
        }

        var first = plan.Faults.Min(fault => fault.Start);
        return first <= baseline.Start ? null : first - Math.Min(Lead, (first - baseline.Start) / 10);
    }

    public void Write(JournalEvent @event)
    {
        journal.Write(@event);
        if (!_listening)
        {
            return;
        }

        switch (@event)
        {
            case JournalEvent.Observation { Phase: Phase.Baseline } seen when seen.Target == plan.Scenario.Candidate.Name:
                _waiting.TryRemove(seen.Arrival, out _);
                if (_asked.Count < MostKept)
                {
                    _asked[seen.Arrival] = true;
                    _seen.Enqueue(seen with { Gaps = [] });
                }

                break;
            case JournalEvent.Score score when _asked.ContainsKey(score.Arrival):
                _seen.Enqueue(score);
                break;
        }
    }

    public void OnSent(Arrival arrival, long planned)
    {
        if (_listening && arrival.Role == TargetRole.Candidate && plan.PhaseAt(planned) == Phase.Baseline)
        {
            _waiting[arrival.Index] = (arrival, planned);
        }
    }

    /// <summary>Waits until the first fault is near. False: the baseline is not steady, and <see cref="Halt"/> says why.</summary>
    public async Task<bool> IsSteadyAsync(Func<long> now, CancellationToken stop)
    {
        if (DecidesAt(plan) is not { } at)
        {
            return true;
        }

        try
        {
            for (var left = at - now(); left > 0; left = at - now())
            {
                await Task.Delay(TimeSpan.FromTicks((left + 99) / 100), time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The timeline sees the same token and injects nothing.
            return true;
        }

        _listening = false;
        var instant = now();
        var broken = BaselineGate.Broken(header, [.. _seen], [.. _waiting.Values.Select(one => Unanswered(one.Arrival, one.Planned, instant))]);
        Forget();
        if (broken.Count > 0)
        {
            _halt.TrySetResult(new RunHalt(RunEnding.BaselineUnsteady, string.Join(" ", broken)));
        }

        return broken.Count == 0;
    }

    private void Forget()
    {
        _seen.Clear();
        _asked.Clear();
        _waiting.Clear();
    }

    private JournalEvent.Observation Unanswered(Arrival arrival, long planned, long now) => new()
    {
        At = now,
        Arrival = arrival.Index,
        Target = plan.Scenario.Candidate.Name,
        Phase = Phase.Baseline,
        Block = arrival.Block,
        Cohort = arrival.Cohort,
        PromptId = arrival.Prompt.Id,
        Planned = planned,
        Ended = now,
        Outcome = Outcome.TimedOut,
        Reason = "not answered yet",
        PromptSha256 = "",
    };
}
