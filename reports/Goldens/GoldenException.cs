namespace ChaosBench.Reports.Goldens;

/// <summary>A golden snapshot cannot be used. The message says what is wrong and what to do.</summary>
/// <param name="reasonCode">Stable, for machines.</param>
public sealed class GoldenException(string reasonCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public string ReasonCode => reasonCode;
}

/// <summary>Why a comparison with goldens says nothing, or says that something is wrong.</summary>
public static class GoldenReasons
{
    public const string Missing = "golden-missing";
    public const string Damaged = "golden-damaged";
    public const string EmbedderChanged = "embedder-changed";
    public const string EmbedderUnavailable = "embedder-unavailable";
    public const string OtherDimension = "other-dimension";
    public const string EmptyCohort = "empty-cohort";
    public const string NoThreshold = "no-threshold";
    public const string OtherPrompts = "other-prompts";
    public const string TargetFailed = "target-failed";
}
