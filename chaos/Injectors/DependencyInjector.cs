using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary>Switches a fault on and off in the pipelines of the dependencies it selects; one pipeline per target.</summary>
internal abstract class DependencyInjector(PlannedFault fault, IReadOnlyList<DependencyChaos> dependencies)
    : IInjector, IDependencyFault
{
    public PlannedFault Fault { get; } = fault;

    public Task ApplyAsync(CancellationToken cancellation)
    {
        foreach (var dependency in dependencies)
        {
            dependency.Activate(this);
        }

        return Task.CompletedTask;
    }

    public Task ClearAsync(CancellationToken cancellation)
    {
        foreach (var dependency in dependencies)
        {
            dependency.Deactivate(this);
        }

        return Task.CompletedTask;
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) =>
        Task.FromResult(!dependencies.Any(dependency => dependency.IsActive(this)));
}
