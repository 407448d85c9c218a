namespace ChaosBench.Scenarios.Model;

/// <summary>One planned fault: what goes wrong, when, for whom, and what a well-behaved system does about it.</summary>
public sealed record Fault
{
    /// <summary>Unique in the scenario; default is the fault's name plus its place, <c>node.kill-1</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The catalogue entry, <c>family.name</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>From the start of the run. Default: the start of the fault phase.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>Default: to the end of the fault phase.</summary>
    public required TimeSpan For { get; init; }

    /// <summary>When within that time it acts, how strongly, and what starts or ends it.</summary>
    public FaultSchedule Schedule { get; init; } = FaultSchedule.Whole;

    /// <summary>What one toss of the coin decides about, from the catalogue.</summary>
    public FaultScope Scope { get; init; } = FaultScope.Request;

    /// <summary>Whether a game day pauses before it, as the file says; null: as its kind suggests.</summary>
    public bool? GameDay { get; init; }

    /// <summary>It waits for a person before it acts: only on a game day.</summary>
    public bool Pauses { get; init; }

    /// <summary>Name of the preset that it came with; null: it stands in the file itself.</summary>
    public string? Preset { get; init; }

    /// <summary>Probability that one unit of the fault's scope is a victim. Default 100 %.</summary>
    public Share Share { get; init; } = new(1);

    /// <summary>
    /// Narrows the victims: <c>replica: 1</c>, <c>dependency: context-store</c>, <c>prompts: tickets</c>; or names one outside this
    /// process: <c>pidFile: model.pid</c>, <c>container: my-model</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Select { get; init; } = new Dictionary<string, string>();

    /// <summary>Parameters by name, already in base units: seconds, shares, counts, or text.</summary>
    public IReadOnlyDictionary<string, string> With { get; init; } = new Dictionary<string, string>();

    public TimeSpan? DetectedWithin { get; init; }
    public TimeSpan? RecoveredWithin { get; init; }

    /// <summary>Fewer applications than this make the run inconclusive. Default 1.</summary>
    public int MinExposure { get; init; } = 1;
}

/// <summary>Where a fault acts.</summary>
public enum Vantage
{
    Input,
    Client,
    Upstream,
    Server,
    HostileClient,
}

/// <summary>What one toss of the coin decides about.</summary>
public enum FaultScope
{
    Attempt,
    Request,
    Session,
    Connection,
    Stream,
    Chunk,
    Replica,
    Process,
    Model,
    Host,
}

/// <summary>Whether the thing itself breaks or a stand-in does.</summary>
public enum Fidelity
{
    Real,
    Simulated,
}
