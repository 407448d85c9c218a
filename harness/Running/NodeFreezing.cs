using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Running;

/// <summary>Which targets' replicas can be frozen: decided from the scenario, before anything is started.</summary>
internal static class NodeFreezing
{
    /// <summary>Null where it can be done.</summary>
    public static string? Refusal(Target.Onnx target) => target.Isolation switch
    {
        _ when !OperatingSystem.IsLinux() => "needs SIGSTOP on exactly the process that was started, which only Linux offers (pidfd)",
        ReplicaIsolation.Task => $"needs replicas in processes of their own; write isolation: process at target '{target.Name}'",
        ReplicaIsolation.Process => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
