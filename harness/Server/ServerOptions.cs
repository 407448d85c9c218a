using ChaosBench.Server.Dependencies;

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

    /// <summary>Requests that one replica decodes together, 1 to 1,024. Default 16.</summary>
    public int MaxBatch { get; init; } = 16;

    /// <summary>Requests that may wait beyond the free places before new ones are turned away (429), 0 to 1,000,000. Default 256.</summary>
    public int QueueLimit { get; init; } = 256;

    /// <summary>Positions of one request, prompt and answer together. Null: the model's own.</summary>
    public int? MaxContext { get; init; }

    /// <summary>Looked up before inference; null when the server has none.</summary>
    public ContextStoreOptions? ContextStore { get; init; } = new();

    /// <summary>How often idle replicas are asked whether they live: a lost one is found within it. Default 100 ms.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Default: threads of this process.</summary>
    public ReplicaIsolation Isolation { get; init; }

    /// <summary>
    /// A worker process that gives no sign of life for so long is taken out of rotation until it answers again. At least 100 ms. Default 1 s.
    /// </summary>
    public TimeSpan WorkerSilence { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Throws when a value is out of its range.</summary>
    internal void Validate()
    {
        Within(Replicas, 1, 64, nameof(Replicas));
        Within(MaxBatch, 1, 1024, nameof(MaxBatch));
        Within(QueueLimit, 0, 1_000_000, nameof(QueueLimit));
        Within(MaxContext ?? 2, 2, 1 << 20, nameof(MaxContext));
        ArgumentOutOfRangeException.ThrowIfLessThan(ProbeInterval, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(WorkerSilence, TimeSpan.FromMilliseconds(100));
    }

    private static void Within(int value, int least, int most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is outside {least} to {most}.");
        }
    }
}
