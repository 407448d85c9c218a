using Dapper;
using Npgsql;

namespace ChaosBench.Server.Dependencies.Postgres;

/// <summary>Makes and updates the tables of the context store. Any number of servers may start at once, again and again.</summary>
internal static class PostgresSchema
{
    /// <summary>Names the advisory lock that one server holds while it updates; any constant that others do not use.</summary>
    private const long UpdateLock = 0x6368616F73; // "chaos"

    /// <summary>Each is applied once, in this order. Published ones are never changed: add another.</summary>
    private static readonly string[] Updates =
    [
        """
        CREATE TABLE chaosbench.context (
            key text PRIMARY KEY CHECK (char_length(key) BETWEEN 1 AND 64),
            record jsonb NOT NULL,
            updated_at timestamptz NOT NULL DEFAULT now())
        """,
    ];

    /// <exception cref="NpgsqlException">The database cannot be reached, or it refuses.</exception>
    /// <exception cref="DependencyUnavailableException">The tables are newer than this program.</exception>
    public static async Task UpdateAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await RunAsync("SELECT pg_advisory_xact_lock(@UpdateLock)", new { UpdateLock }).ConfigureAwait(false);
        if (await IsMissingAsync().ConfigureAwait(false))
        {
            // Asked first, because creating needs a right that a prepared database need not give.
            await RunAsync("CREATE SCHEMA IF NOT EXISTS chaosbench").ConfigureAwait(false);
            await RunAsync("CREATE TABLE chaosbench.updates (number int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())")
                .ConfigureAwait(false);
        }

        var done = await connection.ExecuteScalarAsync<int>(
            Command("SELECT coalesce(max(number), 0) FROM chaosbench.updates")).ConfigureAwait(false);
        if (done > Updates.Length)
        {
            throw new DependencyUnavailableException(
                ContextStoreOptions.Name,
                FormattableString.Invariant(
                    $"its tables are of version {done}, this program knows up to {Updates.Length}; use a newer chaosbench"));
        }

        for (var number = done + 1; number <= Updates.Length; number++)
        {
            await RunAsync(Updates[number - 1]).ConfigureAwait(false);
            await RunAsync("INSERT INTO chaosbench.updates (number) VALUES (@number)", new { number }).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellation).ConfigureAwait(false);

        CommandDefinition Command(string sql, object? values = null) =>
            new(sql, values, transaction, cancellationToken: cancellation);

        Task RunAsync(string sql, object? values = null) => connection.ExecuteAsync(Command(sql, values));

        Task<bool> IsMissingAsync() => connection.ExecuteScalarAsync<bool>(
            Command("SELECT to_regclass('chaosbench.updates') IS NULL"));
    }
}
