namespace ChaosBench.Chaos.Leases;

/// <summary>One fault outside this process that somebody must take away again, written down before it is put in place.</summary>
public sealed record Lease
{
    public required int Schema { get; init; }

    /// <summary>Unique in the folder; the file's name without <c>.json</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The scenario's name, for people.</summary>
    public required string Run { get; init; }

    /// <summary>The fault's id, for people.</summary>
    public required string Fault { get; init; }

    /// <summary>The run's process. While it lives, only it and its watchdog act on the lease.</summary>
    public required ProcessIdentity Owner { get; init; }

    /// <summary>For people: expiry counts from when the watchdog first saw the lease, on a clock that nobody sets.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>After this the watchdog heals even though the owner lives. Null: only when the owner ends.</summary>
    public double? TtlSeconds { get; init; }

    public required HealAction Heal { get; init; }
}
