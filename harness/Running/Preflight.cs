using ChaosBench.Chaos;
using ChaosBench.Engine.Targets;
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
        var refusals = targets.OfType<Target.OpenAi>().Select(target => Unusable(target, resolve)).OfType<string>().ToList();
        foreach (var fault in plan.Faults)
        {
            try
            {
                InjectorFactory.Create(fault, plan.Seed, controls, silent);
            }
            catch (FaultRefusedException refusal)
            {
                refusals.Add($"scenario '{plan.Scenario.Name}': {refusal.Message}");
            }
        }

        return refusals;
    }

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
            onnx.ContextStore is null ? [] : [new DependencyChaos("context-store", seed, announcer)]),
        Target.OpenAi remote => new TargetControls(remote.Name, null, []),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Replicas that are only counted.</summary>
    private sealed class Described(Target.Onnx target) : IReplicaControl
    {
        public int Count => target.Replicas;

        public string? FreezeRefusal => NodeFreezing.Refusal(target);

        public Task KillAsync(int replica, CancellationToken cancellation) => throw new InvalidOperationException();

        public Task RestartAsync(int replica, CancellationToken cancellation) => throw new InvalidOperationException();

        public bool IsReady(int replica) => true;
    }

    private sealed class Silence : IAnnouncer
    {
        public void Transition(PlannedFault fault, FaultStage stage, string? detail) { }

        public void Unit(PlannedFault fault, string key, UnitEvent kind) { }
    }
}
