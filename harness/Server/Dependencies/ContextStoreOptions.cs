using ChaosBench.Server.Dependencies.Postgres;
using Polly;

namespace ChaosBench.Server.Dependencies;

/// <summary>The <c>context-store</c> of a server: a lookup that every request makes before inference.</summary>
public sealed record ContextStoreOptions
{
    public const string Name = "context-store";

    /// <summary>The honest latency of the store in memory. Default 1 ms; zero answers at once.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Longest wait for a lookup, a second try included. Default 250 ms.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Serve without the record when the lookup fails, marked degraded; else the request fails. Default true.</summary>
    public bool Fallback { get; init; } = true;

    /// <summary>Adds strategies directly around the lookup: the place of chaos strategies.</summary>
    public Action<ResiliencePipelineBuilder<StoredRecord>>? Innermost { get; init; }

    /// <summary>Records in PostgreSQL. Null: a store in memory that knows every key.</summary>
    public PostgresOptions? Postgres { get; init; }

    /// <summary>A source of the caller's own, which outlives the server; goes before <see cref="Postgres"/>.</summary>
    public IContextSource? Source { get; init; }

    /// <summary>
    /// Null: none in memory, where only injected faults fail and each shall hit its own victims; <see cref="BreakerOptions"/>'s
    /// defaults with PostgreSQL.
    /// </summary>
    public BreakerOptions? Breaker { get; init; }

    internal BreakerOptions? BreakerInUse => Breaker ?? (Postgres is null ? null : new BreakerOptions());
}
