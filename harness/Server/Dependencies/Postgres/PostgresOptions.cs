namespace ChaosBench.Server.Dependencies.Postgres;

/// <summary>Where the records are in PostgreSQL, and how much of it is used.</summary>
public sealed record PostgresOptions
{
    public required PostgresAddress Address { get; init; }

    /// <summary>Connections that are open at most, 1 to 100; more lookups wait for one. Default 8.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>A larger record is not read. 1 to 1 MiB. Default 16 KiB.</summary>
    public int MaxRecordBytes { get; init; } = 16 << 10;
}
