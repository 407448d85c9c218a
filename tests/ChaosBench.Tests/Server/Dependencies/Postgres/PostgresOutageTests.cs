using ChaosBench.Server;
using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Dependencies.Postgres;
using ChaosBench.Tests.Support;
using Polly.Simmy;

namespace ChaosBench.Tests.Server.Dependencies.Postgres;

/// <summary>The database goes away in the middle of the work and comes back; nobody's request is lost over it.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresOutageTests(PostgresServer postgres)
{
    [SkippableFact]
    public async Task GenerateAsync_DatabaseStoppedUnderLoad_FallsBackAndRecovers()
    {
        await using var server = await ServeAsync(await postgres.NewDatabaseAsync());
        var events = new EventLog(server);
        var ended = new List<GenerationResult>();
        using var over = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(client => LoadAsync(server, client, ended, over.Token)));

        await Eventually.TrueAsync(() => Count(ended, degraded: false) >= 20, "requests are served with their context");
        Assert.Empty(events.Kinds);

        postgres.Stop();
        try
        {
            await Eventually.TrueAsync(
                () => events.Kinds.Contains(ServerEventKind.DependencyBreakerOpened), "the breaker opens");
            var before = Count(ended, degraded: true);
            await Eventually.TrueAsync(() => Count(ended, degraded: true) >= before + 20, "the fallback answers");
            Assert.Contains(ServerEventKind.DependencyFallback, events.Kinds);
        }
        finally
        {
            postgres.Start();
        }

        await Eventually.TrueAsync(() => events.Kinds.Contains(ServerEventKind.DependencyBreakerClosed), "the breaker closes");
        var healthy = Count(ended, degraded: false);
        await Eventually.TrueAsync(() => Count(ended, degraded: false) >= healthy + 20, "requests are served with their context again");
        await over.CancelAsync();
        await load.WaitAsync(Eventually.Patience);

        lock (ended)
        {
            Assert.All(ended, result => Assert.Equal(GenerationStatus.Completed, result.Status));
            var facts = server.ContextStoreFacts!;
            Assert.Equal(ended.Count, facts.Answered + facts.FellBack + facts.Failed);
            Assert.Equal(ended.Count(result => result.Degraded), facts.FellBack);
            Assert.Equal((0, false), (facts.Failed, facts.BreakerOpen));
        }
    }

    [SkippableFact]
    public async Task StartAsync_DatabaseDown_SaysHowToGoOn()
    {
        var url = await postgres.NewDatabaseAsync();
        postgres.Stop();
        try
        {
            var problem = await Assert.ThrowsAsync<DependencyUnavailableException>(() => ServeAsync(url));

            Assert.Equal("context-store: PostgreSQL does not answer (SocketException); start it, or check the address", problem.Message);
        }
        finally
        {
            postgres.Start();
        }
    }

    [SkippableFact]
    public async Task GenerateAsync_InjectedFault_SitsInFrontOfTheDatabaseAndIsNotTriedAgain()
    {
        var attempts = 0;
        var options = Options(await postgres.NewDatabaseAsync());
        await using var server = await new FakeModel { Script = ["ok"] }.ServeAsync(options with
        {
            ContextStore = options.ContextStore! with
            {
                Innermost = inner => inner.AddChaosFault(1, () =>
                {
                    Interlocked.Increment(ref attempts);
                    return new IOException("injected");
                }),
            },
        });

        var result = await server.GenerateAsync(FakeModel.Request(), new ListSink(), default);

        Assert.Equal((GenerationStatus.Completed, true, 1), (result.Status, result.Degraded, attempts));
    }

    private static async Task LoadAsync(ModelServer server, int client, List<GenerationResult> ended, CancellationToken over)
    {
        for (var number = 0; !over.IsCancellationRequested; number++)
        {
            var request = FakeModel.Request(FormattableString.Invariant($"r{client}-{number}"), FormattableString.Invariant($"who {number}"));
            var result = await server.GenerateAsync(request, new ListSink(), default);
            lock (ended)
            {
                ended.Add(result);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }
    }

    private static int Count(List<GenerationResult> ended, bool degraded)
    {
        lock (ended)
        {
            return ended.Count(result => result.Degraded == degraded);
        }
    }

    private static Task<ModelServer> ServeAsync(string url) => new FakeModel { Script = ["ok"] }.ServeAsync(Options(url));

    private static ServerOptions Options(string url) => FakeModel.Options with
    {
        QueueLimit = 64,
        ContextStore = new ContextStoreOptions
        {
            // Loaded machines are slow; what is tested here is an outage, not a time limit.
            Timeout = TimeSpan.FromSeconds(5),
            Postgres = new PostgresOptions { Address = PostgresAddress.Parse(url) },
        },
    };
}
