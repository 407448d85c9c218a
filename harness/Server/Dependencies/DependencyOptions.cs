using Polly;

namespace ChaosBench.Server.Dependencies;

/// <summary>How the server guards itself against one dependency.</summary>
public sealed record DependencyOptions<T>
{
    /// <summary>As faults name it: <c>context-store</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Longest wait for one call, a second try included, 10 ms to 1 h. Default 250 ms.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Answers in place of a dependency that failed or was too slow. Null: the failure is passed on.</summary>
    public Func<T>? Fallback { get; init; }

    /// <summary>Failures after which one more try is made at once, within the same time-out. Null: none.</summary>
    public Func<Exception, bool>? RetryOnce { get; init; }

    /// <summary>Null: every call is made.</summary>
    public BreakerOptions? Breaker { get; init; }

    /// <summary>Adds strategies directly around the call: the place of chaos strategies. Called once, when the pipeline is built.</summary>
    public Action<ResiliencePipelineBuilder<T>>? Innermost { get; init; }

    /// <summary>Throws when a value is out of its range.</summary>
    internal void Validate()
    {
        if (Timeout < TimeSpan.FromMilliseconds(10) || Timeout > TimeSpan.FromHours(1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(Timeout), Timeout, $"The timeout of dependency '{Name}' is outside 10 ms to 1 h; the default is 250 ms.");
        }
    }
}

/// <summary>How one call to a dependency ended.</summary>
public enum DependencyStatus
{
    Answered,

    /// <summary>It failed or was too slow, and the fallback answered.</summary>
    FellBack,

    /// <summary>It failed or was too slow, and there is no fallback.</summary>
    Failed,
}

/// <param name="Value">Null only when <paramref name="Status"/> is <see cref="DependencyStatus.Failed"/>.</param>
/// <param name="Reason">What failed: one short line, null when answered.</param>
public readonly record struct DependencyReply<T>(DependencyStatus Status, T? Value, string? Reason);

/// <summary>What became of the calls to one dependency since the server started.</summary>
/// <param name="BreakerOpen">Calls are not made at this moment. Null: it has no breaker.</param>
public sealed record DependencyFacts(string Name, long Answered, long FellBack, long Failed, bool? BreakerOpen);
