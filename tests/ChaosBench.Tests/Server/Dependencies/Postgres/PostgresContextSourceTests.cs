using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Dependencies.Postgres;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Dependencies.Postgres;

[Collection(PostgresTests.Name)]
public sealed class PostgresContextSourceTests(PostgresServer postgres)
{
    private const string Insert = "INSERT INTO chaosbench.context (key, record) VALUES (@key, @record::jsonb)";

    [SkippableFact]
    public async Task FindAsync_KnownKey_GivesItsRecord()
    {
        var (source, url) = await StartAsync();
        await using var end = source;
        await PostgresServer.ExecuteAsync(url, Insert, ("key", "alice"), ("record", """{"tier": "business"}"""));

        Assert.Equal(new StoredRecord("alice", """{"tier": "business"}""", 20), await source.FindAsync("alice", default));
    }

    [SkippableTheory]
    [InlineData("nobody")]
    [InlineData("")]
    [InlineData("'; DROP TABLE chaosbench.context; --")]
    public async Task FindAsync_UnknownKey_IsAnAnswerWithoutARecord(string key)
    {
        var (source, _) = await StartAsync();
        await using var end = source;

        Assert.Equal(StoredRecord.None(key), await source.FindAsync(key, default));
        Assert.Equal(StoredRecord.None("still there"), await source.FindAsync("still there", default));
    }

    [SkippableFact]
    public async Task FindAsync_LargeRecord_TellsItsSizeAndReadsNothing()
    {
        var (source, url) = await StartAsync(maxBytes: 100);
        await using var end = source;
        await PostgresServer.ExecuteAsync(url, Insert, ("key", "k"), ("record", $$"""{"tier": "{{new string('x', 5_000)}}"}"""));

        Assert.Equal(new StoredRecord("k", null, 5_012), await source.FindAsync("k", default));
    }

    [SkippableFact]
    public async Task StartAsync_AgainAndSeveralAtOnce_KeepsWhatIsThere()
    {
        var url = await postgres.NewDatabaseAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            await using var one = Source(url);
            await one.StartAsync(default);
        }));
        await PostgresServer.ExecuteAsync(url, Insert, ("key", "k"), ("record", "{}"));

        await using var source = Source(url);
        await source.StartAsync(default);

        Assert.Equal("{}", (await source.FindAsync("k", default)).Json);
    }

    [SkippableFact]
    public async Task StartAsync_NewerTables_SaysSo()
    {
        var (source, url) = await StartAsync();
        await using var end = source;
        await PostgresServer.ExecuteAsync(url, "INSERT INTO chaosbench.updates (number) VALUES (999)");

        var problem = await Assert.ThrowsAsync<DependencyUnavailableException>(() => source.StartAsync(default).AsTask());
        Assert.Contains("of version 999, this program knows up to 1; use a newer chaosbench", problem.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task StartAsync_WrongPasswordDatabaseOrPort_SaysWhichWithoutNamingThem()
    {
        await postgres.NewDatabaseAsync();
        (string Url, string Said)[] cases =
        [
            (postgres.UrlOf("postgres", "wrong"), "refuses the user or the password"),
            (postgres.UrlOf("no_such_database"), "has no such database"),
            ("postgres://store:secret@127.0.0.1:1/store", "does not answer"),
        ];
        foreach (var (url, said) in cases)
        {
            await using var source = Source(url);
            var problem = await Assert.ThrowsAsync<DependencyUnavailableException>(() => source.StartAsync(default).AsTask());

            Assert.Contains(said, problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("no_such_database", problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(PostgresServer.User + "\"", problem.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task FindAsync_MoreLookupsThanConnections_WaitTheirTurn()
    {
        var (source, url) = await StartAsync(connections: 2);
        await using var end = source;
        await PostgresServer.ExecuteAsync(url, Insert, ("key", "k"), ("record", "{}"));

        var found = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => source.FindAsync("k", default).AsTask()))
            .WaitAsync(Eventually.Patience);

        Assert.All(found, record => Assert.Equal("{}", record.Json));
    }

    private async Task<(PostgresContextSource Source, string Url)> StartAsync(int maxBytes = 16 << 10, int connections = 8)
    {
        var url = await postgres.NewDatabaseAsync();
        var source = Source(url, maxBytes, connections);
        await source.StartAsync(default);
        return (source, url);
    }

    private static PostgresContextSource Source(string url, int maxBytes = 16 << 10, int connections = 8) => new(
        new PostgresOptions { Address = PostgresAddress.Parse(url), MaxRecordBytes = maxBytes, Connections = connections });
}
