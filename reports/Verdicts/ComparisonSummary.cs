namespace ChaosBench.Reports.Verdicts;

/// <summary>How two versions were compared in one run.</summary>
public sealed record ComparisonSummary
{
    /// <summary><c>turns</c>, <c>split</c> or <c>shadow</c>.</summary>
    public required string Design { get; init; }

    /// <summary>Sentences for people.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Fresh starts by target. Null: each was started once and kept warm.</summary>
    public IReadOnlyDictionary<string, StartSummary>? FreshStarts { get; init; }

    /// <summary>Runs that go on until they are decided: pairs of blocks that were played, that could be, and after which all was decided.</summary>
    public int? Pairs { get; init; }
    public int? MostPairs { get; init; }
    public int? DecidedAfter { get; init; }

    /// <summary>Split and mirrored traffic: requests of each version, the warm-up left out.</summary>
    public int? CandidateRequests { get; init; }
    public int? BaselineRequests { get; init; }

    /// <summary>Mirrored traffic: requests of users that failed, and copies that did.</summary>
    public int? UsersFailed { get; init; }
    public int? CopiesFailed { get; init; }

    /// <summary>Mirrored traffic: requests that both versions answered, and those of them with the very same answer.</summary>
    public int? BothAnswered { get; init; }
    public int? SameAnswer { get; init; }
}

/// <summary>How a version came up, each time anew. Seconds until it served.</summary>
/// <param name="Requests">Unmeasured requests after the starts, of all together.</param>
public sealed record StartSummary(int Count, double Fastest, double Median, double Slowest, int Requests, int Unanswered);
