using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using Dapper;
using Npgsql;

namespace ChaosBench.Harness.Storing;

/// <summary>Runs, their findings and numbers, and the names of baselines in PostgreSQL. One run or promotion is one transaction.</summary>
internal sealed class RunStore(StoreAddress address) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database = address.Connect();

    public string Place => $"the store {address.Shown}";

    /// <summary>The same run again changes nothing; one whose reports were rebuilt otherwise replaces its findings and numbers.</summary>
    /// <exception cref="StoreException">Nothing of it was kept, or the answer that it was kept was lost: push again.</exception>
    public Task<PushResult> PushAsync(StoredRun run, CancellationToken cancellation) => AskAsync(async connection =>
    {
        await StoreSchema.UpdateAsync(connection, cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var result = await RunRows.WriteAsync(connection, run, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return result;
    }, cancellation);

    /// <summary>The run, its journal and the promotion: all of them or none.</summary>
    /// <exception cref="StoreException">As <see cref="PushAsync"/>.</exception>
    /// <exception cref="JournalException">The journal is too large or does not read.</exception>
    public Task PromoteAsync(StoredRun run, Promotion promotion, CancellationToken cancellation) => AskAsync(async connection =>
    {
        await StoreSchema.UpdateAsync(connection, cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await RunRows.WriteAsync(connection, run, cancellation).ConfigureAwait(false);
        await RunRows.WriteJournalAsync(connection, run, cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO chaosbench_runs.promotions (name, scenario, run, promotion) VALUES (@Name, @Scenario, @Id, @Json::json)",
            new { promotion.Name, Scenario = StoreText.Clean(promotion.Scenario), run.Print.Id, Json = RunFiles.ToJson(promotion) },
            cancellationToken: cancellation)).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return true;
    }, cancellation);

    /// <summary>What each name stands for now.</summary>
    /// <exception cref="StoreException">The store does not answer, or its tables are of another version.</exception>
    /// <exception cref="JournalException">A promotion does not read.</exception>
    public Task<IReadOnlyList<Promotion>> CurrentAsync(CancellationToken cancellation) => AskAsync<IReadOnlyList<Promotion>>(async connection =>
    {
        if (!await StoreSchema.IsReadableAsync(connection, cancellation).ConfigureAwait(false))
        {
            return [];
        }

        var rows = await connection.QueryAsync<string>(new CommandDefinition(
            """
            SELECT promotion::text FROM (
                SELECT DISTINCT ON (name, scenario) name, scenario, promotion FROM chaosbench_runs.promotions ORDER BY name, scenario, number DESC) current
            ORDER BY name COLLATE "C", scenario COLLATE "C"
            """,
            cancellationToken: cancellation)).ConfigureAwait(false);
        return [.. rows.Select(text => RunFiles.Parse<Promotion>($"a promotion in {Place}", text, Promotion.CurrentSchema))];
    }, cancellation);

    /// <summary>Manifest and journal of a promoted run, into a folder that is there.</summary>
    /// <returns>False: the store does not hold them.</returns>
    /// <exception cref="StoreException">As <see cref="CurrentAsync"/>.</exception>
    public Task<bool> FetchAsync(string id, string folder, CancellationToken cancellation) => AskAsync(async connection =>
    {
        var manifest = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "SELECT manifest::text FROM chaosbench_runs.runs WHERE id = @id", new { id }, cancellationToken: cancellation)).ConfigureAwait(false);
        if (manifest is null)
        {
            return false;
        }

        await File.WriteAllTextAsync(Path.Combine(folder, RunFolder.ManifestName), manifest, cancellation).ConfigureAwait(false);
        return await RunRows.ReadJournalAsync(connection, id, Path.Combine(folder, JournalFile.PackedName), cancellation).ConfigureAwait(false);
    }, cancellation);

    /// <summary>The newest runs, in order of time, as <c>history</c> sees them; what does not read is told instead.</summary>
    /// <param name="scenario">Null: of all.</param>
    /// <exception cref="StoreException">As <see cref="CurrentAsync"/>.</exception>
    public Task<(IReadOnlyList<HistoryRun> Runs, IReadOnlyList<string> Skipped)> HistoryAsync(string? scenario, int most, CancellationToken cancellation) =>
        AskAsync<(IReadOnlyList<HistoryRun>, IReadOnlyList<string>)>(async connection =>
        {
            if (!await StoreSchema.IsReadableAsync(connection, cancellation).ConfigureAwait(false))
            {
                return ([], []);
            }

            var rows = await connection.QueryAsync<HistoryRow>(new CommandDefinition(
                """
                SELECT name, manifest::text AS manifest, summary::text AS summary FROM chaosbench_runs.runs
                WHERE @scenario::text IS NULL OR scenario = @scenario
                ORDER BY started_at DESC, id LIMIT @most
                """,
                new { scenario = scenario is null ? null : StoreText.Clean(scenario), most }, cancellationToken: cancellation)).ConfigureAwait(false);
            return Read(rows.Reverse());
        }, cancellation);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static (IReadOnlyList<HistoryRun> Runs, IReadOnlyList<string> Skipped) Read(IEnumerable<HistoryRow> rows)
    {
        var (runs, skipped) = (new List<HistoryRun>(), new List<string>());
        foreach (var row in rows)
        {
            try
            {
                var run = new HistoryRun(
                    row.Name, RunFiles.Parse<Manifest>($"{row.Name} (manifest)", row.Manifest, Manifest.CurrentSchema),
                    RunFiles.Parse<Summary>($"{row.Name} (summary)", row.Summary, Summary.CurrentSchema));
                if (run.Summary.Verdict is RunVerdict.Error or RunVerdict.Aborted or RunVerdict.Cancelled)
                {
                    skipped.Add($"{row.Name}: it did not go to its end");
                }
                else
                {
                    runs.Add(run);
                }
            }
            catch (JournalException broken)
            {
                skipped.Add(broken.Message);
            }
        }

        return (runs, skipped);
    }

    /// <summary>One connection; what PostgreSQL or the network say becomes what we say.</summary>
    private async Task<T> AskAsync<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await _database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
            return await ask(connection).ConfigureAwait(false);
        }
        catch (Exception failure) when (StoreException.IsOne(failure))
        {
            throw StoreException.Of(failure);
        }
    }

    private sealed record HistoryRow(string Name, string Manifest, string Summary);
}

/// <summary>What became of a run that was pushed.</summary>
internal enum PushResult
{
    Pushed,

    /// <summary>It was there, with other findings.</summary>
    Updated,

    /// <summary>It was there.</summary>
    Unchanged,
}
