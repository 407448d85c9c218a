using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Guardrails;
using ChaosBench.Server.Models.Devices;
using ChaosBench.Server.Routing;

namespace ChaosBench.Server;

/// <summary>Where replicas live: on threads of this process, or each in a worker process that can really be killed and frozen.</summary>
public enum ReplicaIsolation
{
    Task,
    Process,
}

/// <summary>What a server serves, and its bounds.</summary>
public sealed record ServerOptions
{
    /// <summary>Folder with <c>model.onnx</c>, <c>tokenizer.json</c>, <c>config.json</c>.</summary>
    public required string Model { get; init; }

    /// <summary>1 to 64. Default 2.</summary>
    public int Replicas { get; init; } = 2;

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda[:n]</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>On a card: whether decode steps are captured as CUDA graphs. Default: where they are possible, in a process with one replica.</summary>
    public CudaGraphs CudaGraphs { get; init; } = CudaGraphs.Auto;

    /// <summary>Replicas of other servers in this process; on a card they and this one's disturb each other's capturing.</summary>
    public int ReplicasBeside { get; init; }

    /// <summary>Requests that one replica decodes together, 1 to 1,024. Default 16.</summary>
    public int MaxBatch { get; init; } = 16;

    /// <summary>Requests that may wait beyond the free places before new ones are turned away (429), 0 to 1,000,000. Default 256.</summary>
    public int QueueLimit { get; init; } = 256;

    /// <summary>Positions of one request, prompt and answer together. Null: the model's own.</summary>
    public int? MaxContext { get; init; }

    /// <summary>Default: <c>generation_config.json</c>, where the model has one, says what requests leave open.</summary>
    public GenerationConfig GenerationConfig { get; init; }

    /// <summary>Looked up before inference; null when the server has none.</summary>
    public ContextStoreOptions? ContextStore { get; init; } = new();

    /// <summary>What is checked before inference.</summary>
    public GuardrailOptions Guardrails { get; init; } = new();

    /// <summary>How often idle replicas are asked whether they live: a lost one is found within it. Default 100 ms.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Default: threads of this process.</summary>
    public ReplicaIsolation Isolation { get; init; }

    /// <summary>
    /// A worker process that gives no sign of life for so long is taken out of rotation until it answers again. At least 100 ms. Default 1 s.
    /// </summary>
    public TimeSpan WorkerSilence { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A replica whose batch loop owes its next step for so long hangs, though its thread or process lives: it is taken out of
    /// rotation as a silent one. At least 1 ms; above the longest prefill chunk and decode step of the model. Default 30 s.
    /// </summary>
    public TimeSpan StepLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How replicas come back that were lost through no order.</summary>
    public RestartPolicy Restarts { get; init; } = new();

    /// <summary>
    /// Longest life of a request, its wait in the queue included; callers may ask for less. 1 ms to a day. Default 10 min.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest wait for the running requests of a replica in a rolling restart, up to an hour. Default 30 s.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Throws when a value is out of its range.</summary>
    internal void Validate()
    {
        Within(Replicas, 1, 64, nameof(Replicas));
        Within(MaxBatch, 1, 1024, nameof(MaxBatch));
        Within(QueueLimit, 0, 1_000_000, nameof(QueueLimit));
        Within(MaxContext ?? 2, 2, 1 << 20, nameof(MaxContext));
        Guardrails.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(ProbeInterval, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(WorkerSilence, TimeSpan.FromMilliseconds(100));
        ArgumentOutOfRangeException.ThrowIfLessThan(RequestTimeout, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RequestTimeout, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(DrainLimit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DrainLimit, TimeSpan.FromHours(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(StepLimit, TimeSpan.FromMilliseconds(1));
        Restarts.Validate();
    }

    private static void Within(int value, int least, int most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is outside {least} to {most}.");
        }
    }
}
