using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Timeline;

/// <summary>A fault whose parameters differ from window to window: one injector for each, in order.</summary>
internal sealed class SteppedInjector(PlannedFault fault, IReadOnlyList<IInjector> steps) : IInjector
{
    private int _next;

    public PlannedFault Fault { get; } = fault;

    public TimeSpan HealLimit => steps[0].HealLimit;

    public string? Detail => Current.Detail;

    private IInjector Current => steps[Math.Clamp(_next - 1, 0, steps.Count - 1)];

    public Task ApplyAsync(CancellationToken cancellation)
    {
        _next++;
        return Current.ApplyAsync(cancellation);
    }

    public Task ClearAsync(CancellationToken cancellation) => Current.ClearAsync(cancellation);

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) => Current.VerifyHealedAsync(cancellation);
}
