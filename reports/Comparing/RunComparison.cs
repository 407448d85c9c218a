using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Comparing;

/// <summary>Two runs side by side: <c>chaosbench compare --json</c>.</summary>
public sealed record RunComparison
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;
    public required ComparedRun Before { get; init; }
    public required ComparedRun After { get; init; }

    /// <summary>Read these first.</summary>
    public required IReadOnlyList<Change> Changes { get; init; }

    /// <summary>What is the same in both, so that it explains no difference.</summary>
    public IReadOnlyList<Change> Alike { get; init; } = [];

    /// <summary>Why a difference may be of something else than the version. With any of them the comparison decides nothing.</summary>
    public required IReadOnlyList<string> Doubts { get; init; }

    /// <summary>Same plan: the same prompts at the same instants, so that answers are compared one by one.</summary>
    public required bool SamePlan { get; init; }

    /// <summary>What a latency may get slower by, as a share, and a share worse by, in points of 1.</summary>
    public required double Margin { get; init; }
    public required double Points { get; init; }

    public required FindingVerdict Verdict { get; init; }
    public required string Headline { get; init; }

    /// <summary>The worst first: worse, worse by itself only, cannot tell, not worse, better; among equals what moved most for its margin.</summary>
    public required IReadOnlyList<MetricComparison> Metrics { get; init; }

    /// <summary>What the tools of two imported runs printed themselves. Null: nothing that both did.</summary>
    public IReadOnlyList<FigureComparison>? Figures { get; init; }
}

/// <summary>A published figure of both runs. It has no interval, so that it decides nothing.</summary>
/// <param name="Change">After over before less one. Null where they mean different things.</param>
public sealed record FigureComparison(
    string Statistic, string Unit, double Before, double After, double? Change, bool Comparable, string DefinitionBefore, string DefinitionAfter);

public sealed record ComparedRun(string Folder, string Scenario, string Target, DateTimeOffset StartedUtc, RunVerdict Verdict, long Requests);

/// <summary>One number of both runs. Base units.</summary>
public sealed record MetricComparison
{
    public required string Metric { get; init; }
    public required string Phase { get; init; }

    /// <summary><c>s</c> or <c>share</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>Positive infinity when failures reach that percentile.</summary>
    public double? Before { get; init; }
    public double? After { get; init; }

    /// <summary>After over before less one for latencies; points of 1 for shares. Null where a side has no end or no value.</summary>
    public double? Change { get; init; }

    /// <summary>Of <see cref="Change"/>: each bound by itself at 95 %.</summary>
    public double? Low { get; init; }
    public double? High { get; init; }

    /// <summary>Independent values that the samples are worth.</summary>
    public double WorthBefore { get; init; }
    public double WorthAfter { get; init; }

    /// <summary>Pass: not worse by the margin. Fail: worse by more, also after the correction for the number of metrics.</summary>
    public required FindingVerdict Verdict { get; init; }

    /// <summary>True of latencies and failures, false of what should be high.</summary>
    public bool WorseIsMore { get; init; } = true;

    /// <summary>False: shown, and no part of the verdict, as of one kind of failure among all.</summary>
    public bool Counts { get; init; } = true;

    /// <summary>The whole interval is on the good side of no change.</summary>
    public bool Better { get; init; }
    public required string ReasonCode { get; init; }
    public required string Method { get; init; }

    /// <summary>What the number means in each run, where that is not the same; then there is no change.</summary>
    public string? DefinitionBefore { get; init; }
    public string? DefinitionAfter { get; init; }
}
