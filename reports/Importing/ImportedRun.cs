using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Importing;

/// <summary>
/// What a result file says about one run of another tool, in seconds and counts. An importer makes it from bytes alone; nothing in it is
/// guessed: what the file does not tell is null.
/// </summary>
public sealed record ImportedRun
{
    public required string Format { get; init; }
    public required string Tool { get; init; }
    public string? ToolVersion { get; init; }

    /// <summary><c>detailed</c> with requests, <c>totals</c> without, or the tool's own word.</summary>
    public required string Form { get; init; }

    /// <summary>Which of the runs in the file, from 1.</summary>
    public int Number { get; init; } = 1;

    /// <summary>The model, or whatever the tool calls what it tested.</summary>
    public string? Target { get; init; }

    /// <summary>Its address, without user-info and query.</summary>
    public string? Location { get; init; }
    public DateTimeOffset? StartedUtc { get; init; }

    /// <summary>Length of the run by the tool, seconds.</summary>
    public double? Duration { get; init; }

    /// <summary>What was asked of the target (rate, concurrency, lengths): two runs that differ here were not asked the same.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>In the order of the file. Empty: totals only.</summary>
    public IReadOnlyList<ImportedRequest> Requests { get; init; } = [];

    public IReadOnlyList<PublishedFigure> Figures { get; init; } = [];

    /// <summary>By metric, for the values of <see cref="Requests"/>: <c>ttft</c>, <c>e2e</c>, <c>tpot</c>, <c>token_gap</c>.</summary>
    public required IReadOnlyDictionary<string, string> Definitions { get; init; }

    /// <summary>Metrics that the file cannot tell.</summary>
    public IReadOnlyList<string> Untold { get; init; } = [];

    /// <summary>How the tool makes percentiles: <c>pct/type7</c>, <c>pct/nearest-left</c>, <c>pct/floor-index</c>. Null: not known.</summary>
    public string? Percentiles { get; init; }

    /// <summary>Published standard deviations divide by n - 1 and not by n.</summary>
    public bool SampleDeviation { get; init; }

    public bool Partial { get; init; }
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>One request as the file tells it. Durations are seconds from the send.</summary>
public sealed record ImportedRequest
{
    /// <summary>When it was due, seconds from the first instant of the run. Null: the file does not tell.</summary>
    public double? Planned { get; init; }

    /// <summary>When it was sent, on the same clock.</summary>
    public double? Sent { get; init; }

    public double? FirstToken { get; init; }

    /// <summary>The last event with a token; what the tool calls the latency of the request.</summary>
    public double? LastToken { get; init; }

    /// <summary>When the outcome was known. Null: with the last token.</summary>
    public double? Ended { get; init; }

    public required Outcome Outcome { get; init; }

    /// <summary>The tool counts it among its successes: only these are in its figures.</summary>
    public required bool Counted { get; init; }

    /// <summary>One short line; null when completed.</summary>
    public string? Reason { get; init; }
    public int? Status { get; init; }
    public int? InputTokens { get; init; }
    public int? OutputTokens { get; init; }

    /// <summary>The answer came as a stream.</summary>
    public bool Streamed { get; init; } = true;

    public IReadOnlyList<double> Gaps { get; init; } = [];

    /// <summary>Number of the first request of its conversation.</summary>
    public int? Conversation { get; init; }

    /// <summary>What the tool calls this kind of request. Null: there is one kind.</summary>
    public string? Group { get; init; }

    /// <summary>Values that the tool gives for this request and that do not follow from the others, by definition.</summary>
    public IReadOnlyDictionary<string, double>? Given { get; init; }

    /// <summary>Not measured by the tool either.</summary>
    public bool IsWarmUp { get; init; }
}

/// <summary>What is done to a run on its way in.</summary>
public sealed record ImportOrders
{
    /// <summary>Name of the scenario in the run folder. Null: format and file name.</summary>
    public string? Name { get; init; }

    /// <summary>Judged as if the run's scenario had had them.</summary>
    public IReadOnlyList<Objective> Gates { get; init; } = [];

    /// <summary>When the file tells no time at all.</summary>
    public required DateTimeOffset FallbackStart { get; init; }

    public required string ToolVersion { get; init; }

    /// <summary>The command that was given, for the report.</summary>
    public required string Command { get; init; }
}
