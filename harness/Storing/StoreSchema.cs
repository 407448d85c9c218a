using Dapper;
using Npgsql;

namespace ChaosBench.Harness.Storing;

/// <summary>The tables of the shared store, and how they come about: whoever writes brings them up to date, whoever reads asks only.</summary>
internal static class StoreSchema
{
    public const string Name = "chaosbench_runs";

    /// <summary>Names the advisory lock that one writer holds while it updates; any constant that others do not use.</summary>
    private const long UpdateLock = 0x6368616F7372; // "chaosr"

    /// <summary>Each is applied once, in this order. Published ones are never changed: add another.</summary>
    private static readonly string[] Updates =
    [
        """
        CREATE TABLE chaosbench_runs.runs (
            id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{64}$'),
            name text NOT NULL,
            scenario text NOT NULL,
            candidate text NOT NULL,
            started_at timestamptz NOT NULL,
            seed numeric(20) NOT NULL,
            plan_sha256 text NOT NULL,
            tool_version text NOT NULL,
            verdict text NOT NULL,
            exit_code int NOT NULL,
            headline text NOT NULL,
            manifest json NOT NULL,
            summary json NOT NULL,
            summary_sha256 text NOT NULL,
            pushed_at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX runs_by_scenario ON chaosbench_runs.runs (scenario, started_at);
        CREATE TABLE chaosbench_runs.findings (
            run text NOT NULL REFERENCES chaosbench_runs.runs ON DELETE CASCADE,
            number int NOT NULL,
            objective text NOT NULL,
            kind text NOT NULL,
            phase text NOT NULL,
            target text NOT NULL,
            verdict text NOT NULL,
            reason_code text NOT NULL,
            observed float8,
            asked float8,
            unit text NOT NULL,
            low float8,
            high float8,
            samples bigint NOT NULL,
            advice text NOT NULL,
            PRIMARY KEY (run, number));
        CREATE TABLE chaosbench_runs.numbers (
            run text NOT NULL REFERENCES chaosbench_runs.runs ON DELETE CASCADE,
            target text NOT NULL,
            phase text NOT NULL,
            metric text NOT NULL,
            unit text NOT NULL,
            count bigint NOT NULL,
            value float8,
            p50 float8,
            p90 float8,
            p95 float8,
            p99 float8,
            mean float8,
            max float8,
            PRIMARY KEY (run, target, phase, metric))
        """,
        """
        CREATE TABLE chaosbench_runs.promotions (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL,
            scenario text NOT NULL,
            run text NOT NULL REFERENCES chaosbench_runs.runs,
            promotion json NOT NULL);
        CREATE INDEX promotions_by_name ON chaosbench_runs.promotions (name, scenario, number);
        CREATE TABLE chaosbench_runs.journals (
            run text NOT NULL REFERENCES chaosbench_runs.runs ON DELETE CASCADE,
            part int NOT NULL,
            bytes bytea NOT NULL,
            PRIMARY KEY (run, part))
        """,
    ];

    /// <summary>Before anything is written.</summary>
    /// <exception cref="StoreException">The tables are newer than this program.</exception>
    public static async Task UpdateAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // Asked first: a store that is up to date costs one query, and a writer needs no right to create.
        if (await VersionAsync(connection, cancellation).ConfigureAwait(false) is { } known && known >= Updates.Length)
        {
            RefuseNewer(known);
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await RunAsync("SELECT pg_advisory_xact_lock(@UpdateLock)", new { UpdateLock }).ConfigureAwait(false);
        var done = await VersionAsync(connection, cancellation).ConfigureAwait(false);
        if (done is null)
        {
            await RunAsync($"CREATE SCHEMA IF NOT EXISTS {Name}").ConfigureAwait(false);
            await RunAsync($"CREATE TABLE {Name}.updates (number int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())").ConfigureAwait(false);
        }

        RefuseNewer(done ?? 0);
        for (var number = (done ?? 0) + 1; number <= Updates.Length; number++)
        {
            await RunAsync(Updates[number - 1]).ConfigureAwait(false);
            await RunAsync($"INSERT INTO {Name}.updates (number) VALUES (@number)", new { number }).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellation).ConfigureAwait(false);

        Task RunAsync(string sql, object? values = null) =>
            connection.ExecuteAsync(new CommandDefinition(sql, values, transaction, cancellationToken: cancellation));
    }

    /// <summary>Before anything is read: a reader changes nothing.</summary>
    /// <returns>False: nothing was ever written there.</returns>
    /// <exception cref="StoreException">The tables are of another version.</exception>
    public static async Task<bool> IsReadableAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var version = await VersionAsync(connection, cancellation).ConfigureAwait(false);
        RefuseNewer(version ?? 0);
        return version >= Updates.Length || (version is null ? false : throw new StoreException(FormattableString.Invariant(
            $"the store's tables are of version {version}, this chaosbench reads version {Updates.Length}; push a run with this chaosbench, which brings them up to date")));
    }

    private static void RefuseNewer(int version)
    {
        if (version > Updates.Length)
        {
            throw new StoreException(FormattableString.Invariant(
                $"the store's tables are of version {version}, this chaosbench knows up to {Updates.Length}; use a newer chaosbench"));
        }
    }

    /// <summary>Null: there are no tables.</summary>
    private static async Task<int?> VersionAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // Not to_regclass: what it once did not find it may not find again in the same session, although another has made it meanwhile.
        var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            $"SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = '{Name}' AND tablename = 'updates')",
            cancellationToken: cancellation)).ConfigureAwait(false);
        return exists ? await connection.ExecuteScalarAsync<int>(
            new CommandDefinition($"SELECT coalesce(max(number), 0) FROM {Name}.updates", cancellationToken: cancellation)).ConfigureAwait(false) : null;
    }
}
