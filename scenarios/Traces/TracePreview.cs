namespace ChaosBench.Scenarios.Traces;

/// <summary>What a file of traffic holds, loud enough that a wrong unit or a wrong format is seen before it is used.</summary>
public sealed record TracePreview
{
    public required string Format { get; init; }

    /// <summary>Requests of the wanted window and sessions.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows that could not be read; above 0.1 % of all the file is refused.</summary>
    public required long Skipped { get; init; }

    /// <summary>Rows that are no requests to a model.</summary>
    public required long Ignored { get; init; }

    /// <summary>Of <see cref="Rows"/>: requests that failed when they were recorded.</summary>
    public required long Failed { get; init; }

    /// <summary>Rows that came after one of a later time; they were put in order.</summary>
    public required long OutOfOrder { get; init; }

    /// <summary>Of bare numbers in the file; null when its times have a date or there are none.</summary>
    public required TimeUnit? Unit { get; init; }

    /// <summary>From the first request to the last. Null without times.</summary>
    public double? SpanSeconds { get; init; }

    /// <summary>(rows - 1) / span. Null without times, or when all come at one instant.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>Of the gaps between requests that do not come at one instant, in seconds.</summary>
    public double? MedianGapSeconds { get; init; }

    /// <summary>As the source tells it, in seconds; from 1970 when it has dates.</summary>
    public double? FirstSeconds { get; init; }
    public double? LastSeconds { get; init; }

    /// <summary>Conversations of more than one request, among the first million; null without sessions.</summary>
    public long? Sessions { get; init; }

    /// <summary>Sessions whose requests are known to wait for each other; null without.</summary>
    public GraphFigures? Graphs { get; init; }

    public TokenFigures? InputTokens { get; init; }
    public TokenFigures? OutputTokens { get; init; }

    /// <summary>Requests with block ids, and the tokens of one block.</summary>
    public long HashedRows { get; init; }
    public int? BlockTokens { get; init; }

    /// <summary>Requests with text.</summary>
    public long TextRows { get; init; }

    /// <summary>Of the file as stored, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The first skipped rows, as <c>file:line: reason</c>.</summary>
    public IReadOnlyList<string> Skips { get; init; } = [];
}

/// <param name="Depth">Requests that wait for one another, one after another, in the deepest.</param>
/// <param name="Width">Requests with equally many before them, in the widest: as many may run side by side.</param>
public sealed record GraphFigures(long Sessions, int Depth, int Width);

/// <param name="Count">Requests that tell this number of tokens.</param>
public sealed record TokenFigures(long Count, double Mean, long P50, long P90, long P99, long Max);
