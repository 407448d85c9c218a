using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy;

/// <summary>Puts a stream, HTTP or connection fault in place in the proxies of a run's targets, and lifts it.</summary>
internal sealed class ProxyInjector : IInjector
{
    /// <summary>The proxy lifts the fault by itself so long after its planned end, should nobody else do.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<Func<FaultProxy?>> _proxies;
    private readonly List<(FaultProxy Proxy, ProxyFault Fault)> _placed = [];

    /// <param name="proxies">Asked only when the fault acts: they start with their targets.</param>
    /// <exception cref="FaultRefusedException">The fault asks for what it cannot do.</exception>
    public ProxyInjector(PlannedFault fault, IReadOnlyList<Func<FaultProxy?>> proxies)
    {
        ProxyFaults.Create(fault).Dispose();
        (Fault, _proxies) = (fault, proxies);
    }

    public PlannedFault Fault { get; }

    public Task ApplyAsync(CancellationToken cancellation)
    {
        foreach (var proxy in _proxies.Select(proxy => proxy()).OfType<FaultProxy>())
        {
            var placed = (proxy, ProxyFaults.Create(Fault));
            _placed.Add(placed);
            proxy.Set(placed.Item2, TimeSpan.FromTicks((Fault.End - Fault.Start) / 100) + Grace);
        }

        return Task.CompletedTask;
    }

    public Task ClearAsync(CancellationToken cancellation)
    {
        foreach (var (proxy, fault) in _placed)
        {
            proxy.Clear(fault);
        }

        return Task.CompletedTask;
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) =>
        Task.FromResult(_placed.All(placed => !placed.Proxy.Faults.Contains(placed.Fault) && placed.Proxy.Listens));
}
