using ChaosBench.Scenarios.Model;

namespace ChaosBench.Chaos.Timeline;

/// <summary>Watches metrics while the run goes on.</summary>
public interface ILiveConditions
{
    /// <summary>Completes when the condition has held for as long as it says, counted from this call; the value that it had, in words.</summary>
    Task<string> MetAsync(AbortCondition condition, CancellationToken cancellation);
}
