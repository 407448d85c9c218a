using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Client;

/// <summary>
/// A fault in the run's own client path: the server does not see it, the declared client policy has to cope with it. Switched on and off in
/// the paths of all targets.
/// </summary>
internal sealed class ClientFault(PlannedFault fault, ClientStrike strike, IReadOnlyList<ClientChaos> clients) : IInjector
{
    public PlannedFault Fault { get; } = fault;

    public ClientStrike Strike { get; } = strike;

    public Task ApplyAsync(CancellationToken cancellation)
    {
        foreach (var client in clients)
        {
            client.Activate(this);
        }

        return Task.CompletedTask;
    }

    public Task ClearAsync(CancellationToken cancellation)
    {
        foreach (var client in clients)
        {
            client.Deactivate(this);
        }

        return Task.CompletedTask;
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) => Task.FromResult(!clients.Any(client => client.IsActive(this)));
}
