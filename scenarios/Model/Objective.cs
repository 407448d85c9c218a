namespace ChaosBench.Scenarios.Model;

/// <summary>
/// A statement about a metric that a run can hold or break: <c>p99 ttft &lt; 800ms in fault for temperature=0.7</c>.
/// Serves gates, the steady-state hypothesis and abort conditions.
/// </summary>
public sealed record Objective
{
    /// <summary>As written.</summary>
    public required string Text { get; init; }

    public required MetricId Metric { get; init; }
    public required Aggregation Aggregation { get; init; }
    public required Comparison Comparison { get; init; }

    /// <summary>In the metric's base unit: seconds, a share (0 to 1), per second, or a plain number. Relative limits (<c>+5%</c>) are 0.05.</summary>
    public required double Limit { get; init; }

    /// <summary>How <see cref="Limit"/> is meant.</summary>
    public LimitKind LimitKind { get; init; } = LimitKind.Absolute;

    /// <summary>Null: baseline, fault and recovery together.</summary>
    public Phase? Phase { get; init; }

    /// <summary>Cohort tags that a request must carry, all of them.</summary>
    public IReadOnlyDictionary<string, string> Cohort { get; init; } = new Dictionary<string, string>();

    public GateKind Kind { get; init; } = GateKind.Gate;

    /// <summary>Present: the limit is a change under corrupted input, prompt by prompt. Null: of everything as it was asked.</summary>
    public Contrast? UnderCorruption { get; init; }

    /// <summary>A gate that is decided by pairs of blocks of the two versions.</summary>
    public bool IsByPairs() => Kind == GateKind.Gate && LimitKind != LimitKind.Absolute && UnderCorruption is null && !Metrics.IsAccount(Metric);

    public override string ToString() => Text;
}

/// <summary>How the values of a metric become one number. <paramref name="Percent"/> is 0 to 100 and only for percentiles.</summary>
public readonly record struct Aggregation(AggregationKind Kind, double Percent = 0)
{
    public override string ToString() => Kind switch
    {
        AggregationKind.Percentile => FormattableString.Invariant($"p{Percent:0.###}"),
        AggregationKind.Value => "",
        _ => Kind.ToString().ToLowerInvariant(),
    };
}

public enum AggregationKind
{
    /// <summary>The metric is one number already: a share, a rate, a duration of recovery.</summary>
    Value,
    Percentile,
    Mean,
    Max,
    Min,
}

public enum Comparison
{
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

public enum LimitKind
{
    Absolute,

    /// <summary><c>&lt;= +5% vs baseline</c>: of the baseline's value.</summary>
    RelativeToBaseline,

    /// <summary><c>&gt;= -1pp vs baseline</c>, <c>&lt;= +20ms vs baseline</c>: difference to the baseline's value in base units.</summary>
    DifferenceToBaseline,
}

/// <summary>What a change under corrupted input is held against.</summary>
public enum Contrast
{
    /// <summary>The same version's answers to the clean prompts.</summary>
    Clean,

    /// <summary>The baseline's own change: a difference of differences.</summary>
    Baseline,
}

/// <summary>A gate decides, a guard decides only by failing, info is shown.</summary>
public enum GateKind
{
    Gate,
    Guard,
    Info,
}
