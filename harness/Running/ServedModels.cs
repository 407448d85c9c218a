using ChaosBench.Chaos;
using ChaosBench.Scenarios.Model;
using ChaosBench.Server;

namespace ChaosBench.Harness.Running;

/// <summary>What the replicas of a served target serve, for faults on models. Reads the server only when a fault acts.</summary>
internal sealed class ServedModels(OnnxTarget owner, Target.Onnx target) : IModelControl
{
    public string Folder => target.Model;

    public string? LogitsRefusal => RefusalOf(target);

    public static string? RefusalOf(Target.Onnx target) => target.Isolation == Scenarios.Model.ReplicaIsolation.Task ? null
        : $"reaches into the replicas of this process only; write isolation: task at target '{target.Name}'";

    public Task<string?> LoadAsync(int replica, string? folder, CancellationToken cancellation) =>
        owner.Server.Models.LoadAsync(replica, folder, cancellation);

    public Task<string?> CanaryAsync(int replica, CancellationToken cancellation) => owner.Server.Models.CanaryAsync(replica, cancellation);

    public void DamageLogits(int replica, Func<string, string, float?>? damage) => owner.Server.Models.DamageLogits(
        replica, damage is null ? null : request => damage(request.RequestId, KeyOf(request)));

    /// <summary>Warm-ups and canaries of the server itself have no key and are spared.</summary>
    private string KeyOf(GenerationRequest request) => owner.KeyOfRequest is { } known ? known(request.RequestId) : request.FaultKey;
}

/// <summary>What is known before anything runs.</summary>
internal sealed class PlannedModels(Target.Onnx target) : IModelControl
{
    public string Folder => target.Model;

    public string? LogitsRefusal => ServedModels.RefusalOf(target);

    public Task<string?> LoadAsync(int replica, string? folder, CancellationToken cancellation) => throw new InvalidOperationException();

    public Task<string?> CanaryAsync(int replica, CancellationToken cancellation) => throw new InvalidOperationException();

    public void DamageLogits(int replica, Func<string, string, float?>? damage) => throw new InvalidOperationException();
}
