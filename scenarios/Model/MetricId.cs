namespace ChaosBench.Scenarios.Model;

/// <summary>Everything a run measures. Names in files and gates are the snake_case of these; definitions: docs/metrics.md.</summary>
public enum MetricId
{
    // Latencies in seconds, one value a request. Failed requests count as infinitely late in gates.
    Ttft,
    E2e,
    TtftService,
    E2eService,
    Tpot,
    MaxStall,
    DispatchLag,

    // Latencies of successes alone: shown, never gated.
    TtftOk,
    E2eOk,

    // Seconds, several values a request.
    TokenGap,
    ChunkGap,

    // Shares of requests.
    Attainment,
    ErrorRate,
    Accuracy,
    FieldAccuracy,
    ValidJson,
    CanaryAccuracy,

    // Scores of what the mix asserts about answers, 0 to 1 each.
    AssertionsHeld,
    RegexRight,
    SchemaRight,
    NumberRight,
    Rouge1,
    Rouge2,
    RougeL,
    Bleu,
    Chrf,
    Levenshtein,
    RefusalRight,
    LengthRight,
    FinishRight,
    LanguageRight,

    // Likeness to the answers of a golden snapshot: the cosine itself, and the share that is as like as the baseline's own repeats.
    Similarity,
    WithinGolden,

    // What another model says of answers, corrected for that model's own errors.
    JudgedRight,

    // Per second.
    Goodput,
    RequestRate,
    OutputTokenRate,

    // One number of a whole phase: money for each answer that counts, and bytes a second that stay.
    CostPerSuccess,
    MemorySlope,

    // Answers that flip when a protected word is swapped, beyond those that flip by themselves.
    Bias,

    // Properties of prompts and of answers whose distribution has left that of the reference run, of all of them.
    PromptDrift,
    OutputDrift,

    // Durations of recovery in seconds, one value a fault.
    TimeToDetect,
    TimeToRecover,
    ResidualRecovery,
}

/// <summary>What the numbers of a metric are.</summary>
public enum MetricUnit
{
    Seconds,
    Share,
    PerSecond,

    /// <summary>In the currency of the prices.</summary>
    Money,
    BytesPerSecond,
}

public static class Metrics
{
    private const MetricId LastScore = MetricId.JudgedRight;

    public static MetricUnit UnitOf(MetricId metric) => metric switch
    {
        >= MetricId.Ttft and <= MetricId.ChunkGap => MetricUnit.Seconds,
        >= MetricId.Attainment and <= LastScore => MetricUnit.Share,
        >= MetricId.Goodput and <= MetricId.OutputTokenRate => MetricUnit.PerSecond,
        MetricId.CostPerSuccess => MetricUnit.Money,
        MetricId.MemorySlope => MetricUnit.BytesPerSecond,
        MetricId.Bias or MetricId.PromptDrift or MetricId.OutputDrift => MetricUnit.Share,
        _ => MetricUnit.Seconds,
    };

    /// <summary>Neither a value nor a share of requests: made of the phase as a whole, by a judge of its own.</summary>
    public static bool IsAccount(MetricId metric) => metric is MetricId.CostPerSuccess or MetricId.MemorySlope or MetricId.Bias || IsDrift(metric);

    /// <summary>Held against the run that the scenario names as its reference.</summary>
    public static bool IsDrift(MetricId metric) => metric is MetricId.PromptDrift or MetricId.OutputDrift;

    /// <summary>What graders give an answer, 0 to 1: the journal's scores carry the metric's name.</summary>
    public static bool IsScore(MetricId metric) => metric is MetricId.Accuracy or MetricId.FieldAccuracy or MetricId.ValidJson || IsAsserted(metric) || IsGolden(metric) || metric == MetricId.JudgedRight;

    /// <summary>Scored only where a line of the mix asserts it.</summary>
    public static bool IsAsserted(MetricId metric) => metric is >= MetricId.AssertionsHeld and <= MetricId.LanguageRight;

    /// <summary>Scored only where the scenario names a golden snapshot.</summary>
    public static bool IsGolden(MetricId metric) => metric is MetricId.Similarity or MetricId.WithinGolden;

    /// <summary>A metric with one value (or more) per request, so that percentiles exist.</summary>
    public static bool IsDistribution(MetricId metric) => metric <= MetricId.ChunkGap;

    /// <summary>Made of how long things took, so that whoever takes the CPU away changes it.</summary>
    public static bool IsTimed(MetricId metric) => IsDistribution(metric) || metric == MetricId.Attainment || UnitOf(metric) == MetricUnit.PerSecond;

    /// <summary>False for percentiles of successes alone: they hide the failures.</summary>
    public static bool CanGate(MetricId metric) => metric is not (MetricId.TtftOk or MetricId.E2eOk);

    /// <summary>Known for each request as it ends, so that an abort condition can watch it while the run goes on.</summary>
    public static bool CanWatchLive(MetricId metric) => metric is MetricId.ErrorRate or MetricId.Ttft or MetricId.E2e
        or MetricId.TtftService or MetricId.E2eService or MetricId.Tpot or MetricId.MaxStall or MetricId.DispatchLag;

    /// <summary><c>TimeToDetect</c> is written <c>time_to_detect</c>.</summary>
    public static string NameOf(MetricId metric) => string.Concat(
        metric.ToString().Select((letter, at) =>
            char.IsUpper(letter) && at > 0 ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));

    public static IReadOnlyList<MetricId> All { get; } = Enum.GetValues<MetricId>();
}
