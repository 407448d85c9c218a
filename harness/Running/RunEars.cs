using ChaosBench.Chaos;
using ChaosBench.Engine;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>What a run hears of its requests: which met an input fault, which wait in the baseline phase, what the answers say.</summary>
internal sealed class RunEars(InputExposure exposure, BaselineWatch baseline, AnswerWatch? answers, Workload workload, RunClock clock) : IRunObserver
{
    /// <summary>Texts are made for runs that break something, and only for those.</summary>
    public bool WantsOutput => answers is not null;

    public void OnSent(Arrival arrival)
    {
        var planned = workload is Workload.Open ? arrival.At : clock.Now;
        exposure.OnSent(arrival, planned);
        baseline.OnSent(arrival, planned);
    }

    public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output) => answers?.OnEnded(arrival, observation, output);
}
