using ChaosBench.Chaos;
using ChaosBench.Chaos.Client;
using ChaosBench.Chaos.Docker;
using ChaosBench.Chaos.Hostile;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.Http;
using ChaosBench.Harness.Goldens;
using ChaosBench.Harness.Judging;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>Finds, before anything is sent or written, targets that cannot be made and faults that they cannot carry.</summary>
internal static class Preflight
{
    /// <returns>One line for each refusal; empty when the plan can run.</returns>
    public static IReadOnlyList<string> Refusals(Plan plan, Func<Templated, string> resolve)
    {
        var silent = new Silence();
        Target?[] targets = [plan.Scenario.Candidate, plan.Scenario.Baseline];
        var controls = targets.OfType<Target>().Select(target => Controls(target, plan.Seed, silent)).ToList();
        if (plan.Scenario.ClientPolicy is not null)
        {
            controls = [.. controls.Select(target => target with { Client = new ClientChaos(plan.Seed, silent) })];
        }

        var refusals = targets.OfType<Target.OpenAi>().Select(target => Unusable(target, resolve)).OfType<string>().ToList();
        if (TooManyClients(plan) is { } tooMany)
        {
            refusals.Add($"scenario '{plan.Scenario.Name}': {tooMany}");
        }

        if (plan.Scenario.Golden is { } golden && GoldenWatch.Flaw(golden) is { } damaged)
        {
            refusals.Add($"scenario '{plan.Scenario.Name}': {damaged}");
        }

        if (plan.Scenario.Judge is { } judge)
        {
            // Throws, with file and line, when the known cases are none.
            KnownCases.Read(judge.Calibration);
        }

        using var engine = new DockerEngine("/");
        var reach = OperatingSystem.IsLinux() ? new NodeReach(new NoLeases(), engine) : null;
        foreach (var fault in plan.Faults)
        {
            try
            {
                InjectorFactory.Create(fault, plan.Seed, controls, silent, reach);
            }
            catch (FaultRefusedException refusal)
            {
                refusals.Add($"scenario '{plan.Scenario.Name}': {refusal.Message}");
            }
        }

        return refusals;
    }

    /// <summary>Clients that this machine could not connect would wait for each other and measure nothing but that.</summary>
    private static string? TooManyClients(Plan plan) =>
        plan.Scenario is { Workload: Workload.Closed closed, Candidate: Target.OpenAi }
            ? ConnectionBudget.OfThisMachine().Refusal(closed.Clients)
            : null;

    /// <summary>Certificates that do not read and URLs that resolve to none show when the client is made; it connects to nothing yet.</summary>
    private static string? Unusable(Target.OpenAi target, Func<Templated, string> resolve)
    {
        try
        {
            OpenAiTargets.Create(target, resolve, TimeProvider.System).Dispose();
            return null;
        }
        catch (TargetUnavailableException flaw)
        {
            return flaw.Message;
        }
    }

    private static TargetControls Controls(Target target, ulong seed, IAnnouncer announcer) => target switch
    {
        Target.Onnx onnx => new TargetControls(
            onnx.Name, new Described(onnx),
            onnx.ContextStore is null ? [] : [new DependencyChaos("context-store", seed, announcer)]) { Proxy = NotYet, Endpoint = Nowhere },
        Target.OpenAi remote => new TargetControls(remote.Name, null, [])
        {
            Process = remote.Command.Count > 0 ? new Started() : null,
            NoProxyReason = OpenAiTargets.NoProxyReason(remote),
            Proxy = OpenAiTargets.NoProxyReason(remote) is null ? NotYet : null,
            Endpoint = OpenAiTargets.NoProxyReason(remote) is null ? Nowhere : null,
        },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static FaultProxy? NotYet() => null;

    private static EndpointAddress? Nowhere() => null;

    /// <summary>Replicas that are only counted.</summary>
    private sealed class Described(Target.Onnx target) : IReplicaControl
    {
        public int Count => target.Replicas;

        public string? FreezeRefusal => NodeFreezing.Refusal(target);

        public Task KillAsync(int replica, CancellationToken cancellation) => throw new InvalidOperationException();

        public Task RestartAsync(int replica, CancellationToken cancellation) => throw new InvalidOperationException();

        public IModelControl Models => new PlannedModels(target);

        public bool IsReady(int replica) => true;
    }

    /// <summary>A server that the run will start.</summary>
    private sealed class Started : IProcessControl
    {
        public string Name => "";

        public bool LeadsGroup => true;

        public TimeSpan RestoreLimit => TimeSpan.Zero;

        public ProcessIdentity Find() => throw new InvalidOperationException();

        public Task RestoreAsync(CancellationToken cancellation) => throw new InvalidOperationException();

        public Task<bool> ServesAsync(CancellationToken cancellation) => throw new InvalidOperationException();
    }

    private sealed class NoLeases : ILeases
    {
        public Task<IHeldLease> TakeAsync(string fault, HealAction heal, TimeSpan? ttl, CancellationToken cancellation) =>
            throw new InvalidOperationException();
    }

    private sealed class Silence : IAnnouncer
    {
        public void Transition(PlannedFault fault, FaultStage stage, string? detail) { }

        public void Unit(PlannedFault fault, string key, UnitEvent kind) { }
    }
}
