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
    public bool WantsOutput(Arrival arrival) => answers is not null || content?.Wants(arrival) == true;

    public void OnSent(Arrival arrival)
    {
        var planned = workload is Workload.Open ? arrival.At : clock.Now;
        exposure.OnSent(arrival, planned);
        baseline.OnSent(arrival, planned);
    }

    public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output)
    {
        answers?.OnEnded(arrival, observation, output);
        content?.OnEnded(arrival, observation, output);
    }
}
