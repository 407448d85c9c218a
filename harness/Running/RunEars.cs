using ChaosBench.Chaos;
using ChaosBench.Engine;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>What a run hears of its requests: which met an input fault, which wait in the baseline phase, what the answers say.</summary>
internal sealed class RunEars(
    InputExposure exposure, BaselineWatch baseline, AnswerWatch? answers, ContentKeeper? content, Workload workload, RunClock clock) : IRunObserver
{
    /// <summary>Texts are made for runs that break something, and for those of a sample that are kept.</summary>
    public AnswerUse UseOf(Arrival arrival) =>
        (answers is null ? AnswerUse.None : AnswerUse.Look) | (content?.Takes(arrival) == true ? AnswerUse.Keep : AnswerUse.None);

    public void OnSent(Arrival arrival)
    {
        var planned = workload is Workload.Open ? arrival.At : clock.Now;
        exposure.OnSent(arrival, planned);
        baseline.OnSent(arrival, planned);
    }

    public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output, AnswerUse use)
    {
        answers?.OnEnded(arrival, observation, output);
        if (use.HasFlag(AnswerUse.Keep))
        {
            content?.OnEnded(arrival, observation, output);
        }
    }
}
