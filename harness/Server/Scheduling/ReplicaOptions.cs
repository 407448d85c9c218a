using ChaosBench.Server.Models.Devices;

namespace ChaosBench.Server.Scheduling;

/// <summary>Sizes of a replica. Everything is allocated once from these bounds.</summary>
public sealed record ReplicaOptions
{
    /// <summary>Requests that generate at the same time.</summary>
    public int Slots { get; init; } = 16;

    /// <summary>Positions per slot, prompt and answer together; null takes the model's own context, at most 2,048.</summary>
    public int? MaxContext { get; init; }

    /// <summary>Requests that may wait for a slot before the replica answers Overloaded.</summary>
    public int MaxQueue { get; init; } = 256;

    /// <summary>Prompt tokens per prefill call. Chunks are cut at multiples of it, whatever the load, so that results do not depend on it.</summary>
    public int PrefillChunk { get; init; } = 128;

    /// <summary>
    /// Beginnings of prompts that are kept for later prompts which share them, least recently used first out; 0 keeps none. Each
    /// takes the memory of a slot. Only whole prefill chunks are shared, so results are the same as without.
    /// </summary>
    public int KeptPrefixes { get; init; } = 4;

    /// <summary>A loop that owes its next step for longer hangs. Default 30 s.</summary>
    public TimeSpan StepLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>On a card: whether decode steps are captured. Default: not.</summary>
    public CudaGraphs CudaGraphs { get; init; } = CudaGraphs.Off;

    /// <summary>Threads of ONNX Runtime for one operator; 1 leaves the other cores to other replicas.</summary>
    public int Threads { get; init; } = 1;
}
