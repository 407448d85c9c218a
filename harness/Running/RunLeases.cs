using System.Runtime.Versioning;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Docker;
using ChaosBench.Chaos.Injectors.Resources;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>What a run needs to break things outside its own process and to have them healed whatever happens. None for other runs.</summary>
[SupportedOSPlatform("linux")]
internal sealed class RunLeases : IAsyncDisposable
{
    private readonly LeaseKeeper _keeper;
    private readonly DockerEngine? _engine;

    private RunLeases(LeaseKeeper keeper, DockerEngine? engine)
    {
        _keeper = keeper;
        _engine = engine;
        Reach = new NodeReach(keeper, engine);
    }

    public NodeReach Reach { get; }

    /// <summary>Something is still broken, or somebody else's to heal.</summary>
    public bool AnyLeft => _keeper.Remaining().Count > 0;

    /// <summary>Whether anything in this plan acts outside the process.</summary>
    public static bool NeededBy(Plan plan) =>
        NodeVictims.StartedBy(plan.Scenario).Count > 0 || plan.Faults.Any(fault => ResourceFaults.NeedsLease(fault.Fault.Kind) || NodeVictims.ActsOutside(plan.Scenario, fault.Fault));

    /// <summary>Null when the plan needs none. The watchdog stands by when this returns.</summary>
    /// <exception cref="UsageException">No lease can be written, or a victim is not there; nothing was sent or broken.</exception>
    public static async Task<RunLeases?> OpenAsync(Plan plan, string file, TimeProvider time, CancellationToken cancellation)
    {
        if (!NeededBy(plan))
        {
            return null;
        }

        LeaseKeeper? keeper = null;
        DockerEngine? engine = null;
        try
        {
            engine = plan.Faults.Any(fault => fault.Fault.Select.ContainsKey("container"))
                ? new DockerEngine(DockerEngine.DefaultPlace(Environment.GetEnvironmentVariable))
                : null;
            keeper = await LeaseKeeper.OpenAsync(
                LeaseFolder.DefaultPlace(Environment.GetEnvironmentVariable), plan.Scenario.Name,
                (folder, owner) => new WatchdogProcess(folder, owner, time), time, cancellation).ConfigureAwait(false);
            await LookAtVictimsAsync(plan, engine, cancellation).ConfigureAwait(false);
            return new RunLeases(keeper, engine);
        }
        catch (Exception refusal)
        {
            engine?.Dispose();
            if (keeper is not null)
            {
                await keeper.DisposeAsync().ConfigureAwait(false);
            }

            throw refusal is LeaseException or DockerException or FaultRefusedException
                ? new UsageException($"{file}: scenario '{plan.Scenario.Name}': {refusal.Message}")
                : refusal;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _keeper.DisposeAsync().ConfigureAwait(false);
        _engine?.Dispose();
    }

    /// <summary>A victim that is not there now is most likely a slip of the pen: better said before the run than in the middle of it.</summary>
    private static async Task LookAtVictimsAsync(Plan plan, DockerEngine? engine, CancellationToken cancellation)
    {
        foreach (var select in plan.Faults.Select(fault => fault.Fault.Select))
        {
            if (select.TryGetValue("pidFile", out var path))
            {
                new PidFile(path).Find();
            }

            if (select.TryGetValue("container", out var name) && !(await engine!.InspectAsync(name, cancellation).ConfigureAwait(false)).State.Running)
            {
                throw new FaultRefusedException($"container '{name}' does not run; start it first");
            }
        }
    }
}
