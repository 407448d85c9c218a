namespace ChaosBench.Reports.Journal;

/// <summary>How one request ended. A closed list; the JSON names are kebab-case (<c>timed-out</c>).</summary>
public enum Outcome
{
    Completed,

    /// <summary>4xx other than 429.</summary>
    Refused,

    /// <summary>429 or 503.</summary>
    Overloaded,

    /// <summary>5xx other than 503.</summary>
    Failed,
    TimedOut,
    ConnectError,
    TlsError,
    Reset,

    /// <summary>The reply ended before it said so.</summary>
    Truncated,

    /// <summary>The reply breaks the protocol.</summary>
    Malformed,

    /// <summary>A complete reply without a token.</summary>
    Empty,

    /// <summary>The run was stopped while it was under way.</summary>
    Cancelled,

    /// <summary>Planned but never sent; the reason says why.</summary>
    NotSent,
}

public static class Outcomes
{
    /// <summary>Neither good nor bad: the harness stopped it, so it says nothing about the target.</summary>
    public static bool IsCensored(Outcome outcome) => outcome == Outcome.Cancelled;

    /// <summary>Maps an HTTP status that is not 2xx.</summary>
    public static Outcome FromStatus(int status) => status switch
    {
        429 or 503 => Outcome.Overloaded,
        >= 400 and < 500 => Outcome.Refused,
        >= 500 => Outcome.Failed,
        _ => Outcome.Malformed,
    };
}
