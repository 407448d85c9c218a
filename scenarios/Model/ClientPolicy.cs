namespace ChaosBench.Scenarios.Model;

/// <summary>How the client under test behaves when something goes wrong. Faults of the vantage client test it; without one there is nothing to test.</summary>
public sealed record ClientPolicy
{
    /// <summary>Further attempts after one that failed before it gave any token. Default 2.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Wait before the first retry; doubles from one to the next. A Retry-After that is longer is kept. Default 100 ms.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest time of one attempt. Null: that of the target.</summary>
    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>After so long without a token a second attempt starts beside the first; the first token wins. Null: none.</summary>
    public TimeSpan? HedgeAfter { get; init; }
}
