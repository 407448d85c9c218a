using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary>
/// The <c>input.*</c> faults. Their bytes are fixed in the plan, so there is nothing to put in place or to lift: this only keeps
/// them on the timeline beside the others.
/// </summary>
internal sealed class InputCorruption(PlannedFault fault) : IInjector
{
    public PlannedFault Fault { get; } = fault;

    public Task ApplyAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task ClearAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) => Task.FromResult(true);
}
