namespace ChaosBench.Scenarios.Model;

/// <summary>What one scenario file says, validated: every name resolved, every default filled in.</summary>
/// <param name="Path">The file as the user named it.</param>
/// <param name="Sha256">Lower-case hex SHA-256 of the file's bytes.</param>
/// <param name="Seed">Root of all randomness; <c>--seed</c> replaces it.</param>
/// <param name="Scenarios">In file order.</param>
/// <param name="Requested">What <c>allow:</c> asks for; only the operator grants it.</param>
public sealed record Suite(
    string Path, string Sha256, ulong Seed, IReadOnlyList<Scenario> Scenarios, Authority Requested);

/// <summary>One experiment: what traffic, what faults and what must hold.</summary>
public sealed record Scenario
{
    public required string Name { get; init; }
    public string? Description { get; init; }

    /// <summary>The version under judgement.</summary>
    public required Target Candidate { get; init; }

    /// <summary>Present in an interleaved A/B run; gates "vs baseline" need it.</summary>
    public Target? Baseline { get; init; }

    /// <summary>How they share the traffic. Means nothing without a baseline.</summary>
    public ComparisonDesign Design { get; init; } = new ComparisonDesign.Turns();

    /// <summary>An A/B run in turns starts each version anew before each of its blocks. Null: both are started once and kept warm.</summary>
    public FreshStarts? Fresh { get; init; }

    /// <summary>An A/B run goes on, pair by pair, until its comparisons are decided or this is used up. Null: it runs as long as its phases say.</summary>
    public PairBudget? UntilDecided { get; init; }

    /// <summary>Each request of the baseline has a copy that goes to the candidate.</summary>
    public bool IsMirrored => Baseline is not null && Design is ComparisonDesign.Shadow;

    public required Workload Workload { get; init; }

    /// <summary>Never empty; weights are positive.</summary>
    public required IReadOnlyList<MixEntry> Mix { get; init; }

    public required PhaseDurations Phases { get; init; }
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>Ceilings on what the faults may do together.</summary>
    public BlastRadius BlastRadius { get; init; } = BlastRadius.None;

    /// <summary>Systems outside the run that notice faults or deal with them.</summary>
    public IReadOnlyList<DetectionSource> Detections { get; init; } = [];

    /// <summary>Per-request limits: a request within all of them, completed and not graded wrong, is good (attainment, goodput).</summary>
    public RequestObjectives Objectives { get; init; } = new();

    /// <summary>The steady-state hypothesis: what normal looks like. Judged in the baseline phase; recovery is its return.</summary>
    public IReadOnlyList<Objective> SteadyState { get; init; } = [];

    public IReadOnlyList<AbortCondition> Abort { get; init; } = [];

    /// <summary>No gates: the run reports and passes.</summary>
    public IReadOnlyList<Objective> Gates { get; init; } = [];

    /// <summary>Another model that judges answers after the load; null: none.</summary>
    public AnswerJudge? Judge { get; init; }

    /// <summary>Folder of the golden snapshot that answers are compared with; null: none.</summary>
    public string? Golden { get; init; }

    /// <summary>Folder of an earlier run whose prompts and answers are the reference for drift; null: none.</summary>
    public string? Reference { get; init; }

    /// <summary>What answers cost; null: nobody said.</summary>
    public Prices? Prices { get; init; }

    /// <summary>Longest wait for outstanding requests after the last phase. Default 30 s.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Null: each request is one attempt, and what happens to it is what is measured.</summary>
    public ClientPolicy? ClientPolicy { get; init; }

    /// <summary>Null: requests carry no trace context, and nothing is read along.</summary>
    public Observability? Telemetry { get; init; }
}

/// <summary>Durations of the phases, run in this order. Zero leaves a phase out. Warm-up is excluded from every metric.</summary>
public sealed record PhaseDurations(TimeSpan WarmUp, TimeSpan Baseline, TimeSpan Fault, TimeSpan Recovery)
{
    public TimeSpan Total => WarmUp + Baseline + Fault + Recovery;
}

/// <summary>What answers cost, in any one currency: by token, or by the time that devices are held.</summary>
/// <param name="Input">Per million input tokens.</param>
/// <param name="Output">Per million output tokens.</param>
/// <param name="DeviceHour">Per hour of one device; 0: tokens are paid for.</param>
/// <param name="Devices">Devices that serve the target.</param>
public sealed record Prices(double Input, double Output, double DeviceHour = 0, int Devices = 1)
{
    /// <summary>Where the baseline costs something else.</summary>
    public Prices? Baseline { get; init; }
}

/// <summary>The part of a run an instant belongs to.</summary>
public enum Phase
{
    WarmUp,
    Baseline,
    Fault,
    Recovery,
}

/// <summary>Limits of one request, from its planned send time in open workloads. Absent limits do not count.</summary>
public sealed record RequestObjectives(TimeSpan? Ttft = null, TimeSpan? E2e = null, TimeSpan? Tpot = null);

/// <summary>The run halts, heals and ends as aborted when <paramref name="Condition"/> holds for <paramref name="For"/> without a break.</summary>
public sealed record AbortCondition(Objective Condition, TimeSpan For);

/// <summary>What reaches out or acts on the host. Off until the operator allows it.</summary>
public sealed record Authority(
    IReadOnlyList<string> Hosts, IReadOnlyList<string> Environment, bool Exec, bool Docker, bool Pid)
{
    public static Authority None { get; } = new([], [], false, false, false);
}
