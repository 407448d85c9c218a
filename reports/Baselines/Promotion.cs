using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Baselines;

/// <summary>Somebody declared a run to be what later runs of its scenario are held against, under a name.</summary>
public sealed record Promotion
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;
    public required string Name { get; init; }

    /// <summary>One name stands for one run of each scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>Name of the run folder.</summary>
    public required string Run { get; init; }

    public required DateTimeOffset StartedUtc { get; init; }

    /// <summary>What was promoted: a run that is not this one any more is no baseline.</summary>
    public required RunPrint Print { get; init; }

    /// <summary>Of the run, as its journal gave it then.</summary>
    public required RunVerdict Verdict { get; init; }

    public required DateTimeOffset PromotedUtc { get; init; }
    public required string By { get; init; }

    /// <summary>Null: none was given, nor asked for.</summary>
    public string? Reason { get; init; }

    /// <summary>In spite of a verdict that was no pass.</summary>
    public bool Forced { get; init; }
}
