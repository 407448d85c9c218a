using ChaosBench.Chaos.Nodes;
using ChaosBench.Chaos.Stress;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Resources;

/// <summary>What the faults on this machine's resources share: a process of ours presses until the window ends, under a lease.</summary>
internal abstract class StressFault(PlannedFault fault, NodeReach reach, IAnnouncer announcer) : IInjector
{
    private StressProcess? _process;
    private string? _done;

    public PlannedFault Fault { get; } = fault;

    public string? Detail => _done;

    /// <summary>Why this machine cannot carry it, continuing "resource.cpu ..."; null where it can. Before anything runs.</summary>
    public abstract string? Refusal { get; }

    /// <summary>What the stressor is told.</summary>
    protected abstract IReadOnlyList<string> Order { get; }

    public async Task ApplyAsync(CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new FaultRefusedException("needs Linux");
        }

        announcer.Unit(Fault, "host", UnitEvent.Eligible);
        announcer.Unit(Fault, "host", UnitEvent.Selected);
        _process = await StressProcess.StartAsync(Fault.Fault.Id, Order, NodeFaults.Ttl(Fault), reach.Leases, cancellation).ConfigureAwait(false);
        _done = _process.Done;
        announcer.Unit(Fault, "host", UnitEvent.Applied);
    }

    public async Task ClearAsync(CancellationToken cancellation)
    {
        if (_process is not null && OperatingSystem.IsLinux())
        {
            await _process.DisposeAsync().ConfigureAwait(false);
        }
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) =>
        Task.FromResult(_process is null || !OperatingSystem.IsLinux() || _process.HasEnded);

    /// <summary>An entry of the catalogue.</summary>
    protected static FaultKind Entry(string name, string summary, string response, string with, params FaultParameter[] parameters) => new(
        name, Vantage.Server, FaultScope.Host, "resource", Fidelity.Real, summary, response, parameters,
        $"{{ at: 25s, for: 10s, fault: {name}{(with.Length > 0 ? $", with: {{ {with} }}" : "")} }}");
}
