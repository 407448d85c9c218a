using ChaosBench.Harness;
using ChaosBench.Harness.Storing;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;
using Npgsql;

namespace ChaosBench.Tests.Harness.Storing;

/// <summary>Runs in a real PostgreSQL: once each, whole or not at all.</summary>
[Collection(PostgresTests.Name)]
public sealed class RunStoreTests(PostgresServer postgres) : IDisposable
{
    private readonly TempFolder _runs = new();

    public void Dispose() => _runs.Dispose();

    [SkippableFact]
    public async Task Push_Twice_ChangesNothing()
    {
        var url = await postgres.NewDatabaseAsync();
        var run = StoredRun.Read(await MadeRun.WriteAsync(_runs.Path, "a"));
        await using var store = Store(url);

        Assert.Equal(PushResult.Pushed, await store.PushAsync(run, default));
        var before = await CountsAsync(url);
        Assert.Equal(PushResult.Unchanged, await store.PushAsync(run, default));

        Assert.Equal(before, await CountsAsync(url));
        Assert.Equal((1, run.Summary.Findings.Count), (before.Runs, before.Findings));
        Assert.True(before.Numbers > 5);
        var history = await store.HistoryAsync("steady", 10, default);
        Assert.Equal(RunFiles.ToJson(run.Summary), RunFiles.ToJson(Assert.Single(history.Runs).Summary));
        Assert.Empty((await store.HistoryAsync("other", 10, default)).Runs);
    }

    [SkippableFact]
    public async Task Push_ReportsRebuiltOtherwise_ReplacesFindings()
    {
        var url = await postgres.NewDatabaseAsync();
        var folder = await MadeRun.WriteAsync(_runs.Path, "a");
        await using var store = Store(url);
        await store.PushAsync(StoredRun.Read(folder), default);
        var summary = RunFiles.ReadSummary(folder);
        RunFiles.Write(Path.Combine(folder, "summary.json"), RunFiles.ToJson(summary with { Verdict = RunVerdict.Fail, Findings = [summary.Findings[0]] }));

        Assert.Equal(PushResult.Updated, await store.PushAsync(StoredRun.Read(folder), default));

        Assert.Equal((1, 1), (await CountsAsync(url)) is var counts ? (counts.Runs, counts.Findings) : default);
        Assert.Equal("fail", await ScalarAsync<string>(url, "SELECT verdict FROM chaosbench_runs.runs"));
    }

    [SkippableFact]
    public async Task Push_ManyAtOnceIntoAnEmptyDatabase_KeepsOne()
    {
        var url = await postgres.NewDatabaseAsync();
        var run = StoredRun.Read(await MadeRun.WriteAsync(_runs.Path, "a"));

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var store = Store(url);
            return await store.PushAsync(run, default);
        })).WaitAsync(Eventually.Patience);

        Assert.Single(results, PushResult.Pushed);
        Assert.Equal(7, results.Count(result => result == PushResult.Unchanged));
        Assert.Equal((1, run.Summary.Findings.Count), (await CountsAsync(url)) is var counts ? (counts.Runs, counts.Findings) : default);
    }

    [SkippableFact]
    public async Task Push_PostgresKilledInTheMiddle_LeavesNothingAndGoesInLater()
    {
        var url = await postgres.NewDatabaseAsync();
        var (first, second) = (StoredRun.Read(await MadeRun.WriteAsync(_runs.Path, "a")), StoredRun.Read(await MadeRun.WriteAsync(_runs.Path, "b", ttft: 0.2)));
        await using (var store = Store(url))
        {
            await store.PushAsync(first, default);

            // A foreign lock holds the push where its run is written and its findings are not.
            await using var lockers = Open(url);
            await using var holding = await lockers.OpenConnectionAsync();
            await using var transaction = await holding.BeginTransactionAsync();
            await using (var command = new NpgsqlCommand("LOCK TABLE chaosbench_runs.findings IN ACCESS EXCLUSIVE MODE", holding, transaction))
            {
                await command.ExecuteNonQueryAsync();
            }

            var push = store.PushAsync(second, default);
            await WaitingAsync(url);
            postgres.Stop();
            try
            {
                await Assert.ThrowsAsync<StoreException>(() => push.WaitAsync(Eventually.Patience));
            }
            finally
            {
                postgres.Start();
            }
        }

        NpgsqlConnection.ClearAllPools();
        Assert.Equal((1, first.Summary.Findings.Count), (await CountsAsync(url)) is var counts ? (counts.Runs, counts.Findings) : default);
        await using var again = Store(url);
        Assert.Equal(PushResult.Pushed, await again.PushAsync(second, default));
        Assert.Equal(PushResult.Unchanged, await again.PushAsync(first, default));
        Assert.Equal(2, (await CountsAsync(url)).Runs);
    }

    [SkippableFact]
    public async Task Store_OfAnotherVersion_IsRefusedWithTheRemedy()
    {
        var url = await postgres.NewDatabaseAsync();
        var run = StoredRun.Read(await MadeRun.WriteAsync(_runs.Path, "a"));
        await using var store = Store(url);
        Assert.Empty((await store.HistoryAsync(null, 10, default)).Runs); // a reader makes no tables
        Assert.False(await ScalarAsync<bool>(url, "SELECT to_regclass('chaosbench_runs.runs') IS NOT NULL"));
        await store.PushAsync(run, default);

        await PostgresServer.ExecuteAsync(url, "INSERT INTO chaosbench_runs.updates (number) VALUES (99)");
        var newer = await Assert.ThrowsAsync<StoreException>(() => store.PushAsync(run, default));
        Assert.Contains("use a newer chaosbench", newer.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreException>(() => store.HistoryAsync(null, 10, default));

        await PostgresServer.ExecuteAsync(url, "DELETE FROM chaosbench_runs.updates WHERE number > 1; DROP TABLE chaosbench_runs.promotions, chaosbench_runs.journals");
        var older = await Assert.ThrowsAsync<StoreException>(() => store.CurrentAsync(default));
        Assert.Contains("of version 1", older.Message, StringComparison.Ordinal);
        Assert.Contains("push a run with this chaosbench", older.Message, StringComparison.Ordinal);
        Assert.Equal(PushResult.Unchanged, await store.PushAsync(run, default)); // brings it up to date
        Assert.Empty(await store.CurrentAsync(default));
    }

    [SkippableTheory]
    [InlineData("'); DROP SCHEMA chaosbench_runs CASCADE; --")]
    [InlineData("nul\0and half\ud800pair")]
    [InlineData("right\u202eleft \ud83d\ude80 {\"a\": [1]}")]
    public async Task Push_HostileName_IsKeptAsText(string scenario)
    {
        var url = await postgres.NewDatabaseAsync();
        var run = StoredRun.Read(await MadeRun.WriteAsync(_runs.Path, "a", scenario: scenario));
        await using var store = Store(url);

        Assert.Equal(PushResult.Pushed, await store.PushAsync(run, default));

        Assert.Equal(run.Manifest.Scenario, Assert.Single((await store.HistoryAsync(scenario, 10, default)).Runs).Manifest.Scenario);
    }

    [Theory]
    [InlineData("postgres://bench:hunter2@host/db", "seen by everybody")]
    [InlineData("mysql://bench@host/hunter2", "no address of a PostgreSQL database")]
    [InlineData("hunter2 x", "no address of a PostgreSQL database")]
    [InlineData("CHAOSBENCH_NO_SUCH_VARIABLE", "is not set")]
    public void Address_Wrong_IsRefusedAndNotShown(string text, string problem)
    {
        var wrong = Assert.Throws<UsageException>(() => StoreAddress.Parse(text, _ => null));

        Assert.Contains(problem, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", wrong.Message, StringComparison.Ordinal);
    }

    private static RunStore Store(string url) => new(StoreAddress.Parse("STORE", _ => url));

    private static NpgsqlDataSource Open(string url) => StoreAddress.Parse("STORE", _ => url).Connect();

    private static async Task WaitingAsync(string url)
    {
        await using var database = Open(url);
        using var limit = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        while (true)
        {
            await using var command = database.CreateCommand("SELECT count(*) FROM pg_locks WHERE NOT granted");
            if ((long)(await command.ExecuteScalarAsync(limit.Token))! > 0)
            {
                return;
            }
        }
    }

    private static async Task<(long Runs, long Findings, long Numbers)> CountsAsync(string url) => (
        await ScalarAsync<long>(url, "SELECT count(*) FROM chaosbench_runs.runs"),
        await ScalarAsync<long>(url, "SELECT count(*) FROM chaosbench_runs.findings"),
        await ScalarAsync<long>(url, "SELECT count(*) FROM chaosbench_runs.numbers"));

    private static async Task<T> ScalarAsync<T>(string url, string sql)
    {
        await using var database = Open(url);
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
