using System.Collections.Concurrent;
using ChaosBench.Engine;
using ChaosBench.Reports.Capacity;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Capacity;

/// <summary>Stands between the engine and the journal of a probe, and lets the meter see what passes.</summary>
internal sealed class ProbeWatch(ProbeMeter meter, IJournalWriter journal, RunClock clock, TimeProvider time) : IJournalWriter, IRunObserver
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    // Guards the meter.
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<int, double> _accuracy = new();

    /// <summary>The meter counts; graders have read the text by then.</summary>
    public AnswerUse UseOf(Arrival arrival) => AnswerUse.None;

    public void Write(JournalEvent @event)
    {
        journal.Write(@event);
        switch (@event)
        {
            case JournalEvent.Score { Grader: "accuracy" } score:
                _accuracy[score.Arrival] = score.Value ?? 0;
                break;
            case JournalEvent.GeneratorSample sample:
                lock (_lock)
                {
                    meter.Sample(sample);
                }

                break;
        }
    }

    public void OnSent(Arrival arrival)
    {
        lock (_lock)
        {
            meter.Sent();
        }
    }

    public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output, AnswerUse use)
    {
        double? accuracy = _accuracy.TryRemove(arrival.Index, out var grade) ? grade : null;
        lock (_lock)
        {
            meter.Ended(observation, accuracy);
        }
    }

    /// <summary>Looks ten times a second until the meter has seen enough, then calls <paramref name="enough"/>.</summary>
    public async Task LookAsync(Action enough, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(Every, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ProbeDecision? decision;
            lock (_lock)
            {
                decision = over.IsCancellationRequested ? null : meter.Look(clock.Now);
            }

            if (decision is not null)
            {
                enough();
                return;
            }
        }
    }
}
