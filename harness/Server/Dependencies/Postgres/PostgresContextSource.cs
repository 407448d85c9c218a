using System.Globalization;
using Dapper;
using Npgsql;

namespace ChaosBench.Server.Dependencies.Postgres;

/// <summary>Records in the table <c>chaosbench.context</c>: one row a key, the record as JSON.</summary>
internal sealed class PostgresContextSource : IContextSource
{
    // A record that is too large stays where it is: the database says how large it is and sends none of it.
    private const string Lookup = """
        SELECT size AS Bytes, CASE WHEN size <= @limit THEN text END AS Json
        FROM (SELECT record::text AS text, octet_length(record::text)::bigint AS size FROM chaosbench.context WHERE key = @key) found
        """;

    /// <summary>Bounds what no request waits for: connecting in the background, and telling the server of a cancelled query.</summary>
    private const int ConnectSeconds = 2;

    private readonly NpgsqlDataSource _database;
    private readonly int _limit;

    public PostgresContextSource(PostgresOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Connections, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Connections, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxRecordBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxRecordBytes, 1 << 20);
        var settings = options.Address.ToSettings();
        settings.MaxPoolSize = options.Connections;
        settings.Timeout = ConnectSeconds;
        // A cancelled query gives its connection up at once: a server that does not answer would not answer the cancellation either.
        settings.CancellationTimeout = -1;
        settings.MaxAutoPrepare = 4;
        settings.AutoPrepareMinUsages = 2;
        settings.Enlist = false;
        _database = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        _limit = options.MaxRecordBytes;
    }

    public async ValueTask StartAsync(CancellationToken cancellation)
    {
        try
        {
            await PostgresSchema.UpdateAsync(_database, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            throw new DependencyUnavailableException(ContextStoreOptions.Name, Describe(failure), failure);
        }
    }

    /// <remarks>Waits no longer than its caller, also where the driver still takes leave of a connection.</remarks>
    public async ValueTask<StoredRecord> FindAsync(string key, CancellationToken cancellation) =>
        await LookUpAsync(key, cancellation).WaitAsync(cancellation).ConfigureAwait(false);

    public bool IsTransient(Exception failure) => failure is NpgsqlException { IsTransient: true };

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<StoredRecord> LookUpAsync(string key, CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        var found = await connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(Lookup, new { key, limit = _limit }, cancellationToken: cancellation)).ConfigureAwait(false);
        return found is null ? StoredRecord.None(key) : new StoredRecord(key, found.Json, found.Bytes);
    }

    /// <summary>In our words: PostgreSQL's name the user, the database and sometimes the query.</summary>
    private static string Describe(Exception failure) => failure switch
    {
        PostgresException { SqlState: "28P01" or "28000" } => "PostgreSQL refuses the user or the password; check the address",
        PostgresException { SqlState: "3D000" } => "PostgreSQL has no such database; create it, or check the address",
        PostgresException { SqlState: "42501" } =>
            "the user may not use or create the schema 'chaosbench'; GRANT CREATE ON DATABASE to it, or create schema and tables beforehand",
        PostgresException problem => string.Create(
            CultureInfo.InvariantCulture, $"PostgreSQL refuses to prepare the tables (SQLSTATE {problem.SqlState}); see its log"),
        _ => $"PostgreSQL does not answer ({failure.InnerException?.GetType().Name ?? failure.GetType().Name}); start it, or check the address",
    };

    private sealed record Row(long Bytes, string? Json);
}
