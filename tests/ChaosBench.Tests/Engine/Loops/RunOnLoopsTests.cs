using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Engine.Targets.OpenAi;

namespace ChaosBench.Tests.Engine.Loops;

/// <summary>Whole runs on event loops, over real sockets. What is said of instants is order, never length.</summary>
public class RunOnLoopsTests
{
    private const string Stream = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n";
    private const string Whole = "{\"choices\":[{\"message\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}";

    private static readonly Answer KeptAlive =
        Answer.Of($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Whole.Length}\r\n\r\n{Whole}") with { KeepAlive = true };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task RunAsync_OpenWorkload_SendsAllAndNoneEarly(int loops)
    {
        await using var server = new ScriptedServer(Answer.Stream(Stream));

        var (outcome, seen) = await RunAsync(server, Plans.Open(Every(2, 200), TimeSpan.FromMilliseconds(400)), loops: loops);

        Assert.Equal(RunEnding.Completed, outcome.Ending);
        Assert.Equal(Enumerable.Range(0, 200), seen.Select(o => o.Arrival).Order());
        Assert.All(seen, o =>
        {
            Assert.Equal(Outcome.Completed, o.Outcome);
            Assert.True(o.Planned <= o.Sent && o.Sent <= o.FirstToken && o.FirstToken <= o.LastToken && o.LastToken <= o.Ended);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RunAsync_ClosedWorkload_AsksAgainOnKeptConnections(int loops)
    {
        await using var server = new ScriptedServer(KeptAlive);

        var (outcome, seen) = await RunAsync(server, Plans.Closed(4, TimeSpan.Zero, TimeSpan.FromSeconds(1), cycle: 7), loops: loops);

        Assert.Equal(RunEnding.Completed, outcome.Ending);
        Assert.True(seen.Count > 8);
        Assert.All(seen, o => Assert.Equal(Outcome.Completed, o.Outcome));
        Assert.Equal(seen.Count, seen.Select(o => o.Arrival).Distinct().Count());
        foreach (var client in seen.GroupBy(o => o.Arrival % 4))
        {
            var rounds = client.OrderBy(o => o.Arrival).ToList();
            Assert.Equal(Enumerable.Range(0, rounds.Count), rounds.Select(o => o.Arrival / 4));
            Assert.All(rounds.Zip(rounds.Skip(1)), pair => Assert.True(pair.First.Ended <= pair.Second.Planned));
        }

        Assert.Equal(4, server.Connections);
    }

    [Fact]
    public async Task RunAsync_ClosedWorkloadThinking_EndsWithThePhases()
    {
        await using var server = new ScriptedServer(KeptAlive);

        var (outcome, seen) = await RunAsync(server, Plans.Closed(3, TimeSpan.FromMinutes(5), TimeSpan.FromMilliseconds(200)));

        Assert.Equal(3, seen.Count);
        Assert.Equal(RunEnding.Completed, outcome.Ending);
        Assert.True(outcome.Ended < Simulation.Ms(60_000), "it waited for clients that only think");
    }

    [Fact]
    public async Task RunAsync_NoAnswer_TimesOutFromItsSend()
    {
        await using var server = new ScriptedServer(new Answer { Hang = true });
        var plan = Plans.Open([0, 0, 0], TimeSpan.FromMilliseconds(100), s => s with { Candidate = s.Candidate with { RequestTimeout = TimeSpan.FromMilliseconds(300) } });

        var (_, seen) = await RunAsync(server, plan);

        Assert.All(seen, o =>
        {
            Assert.Equal((Outcome.TimedOut, "no complete answer within 0.3 s of its send"), (o.Outcome, o.Reason));
            Assert.True(o.Ended - o.Sent >= Simulation.Ms(300));
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RunAsync_NoAnswerWithinDrain_TimesOut(int loops)
    {
        await using var server = new ScriptedServer(Answer.Stream("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n") with { Hang = true });

        var (outcome, seen) = await RunAsync(
            server, Plans.Open(Every(1, 10), TimeSpan.FromMilliseconds(100), s => s with { Drain = TimeSpan.FromMilliseconds(200) }), loops: loops);

        Assert.Equal(RunEnding.Completed, outcome.Ending);
        Assert.Equal(10, seen.Count);
        Assert.All(seen, o => Assert.Equal((Outcome.TimedOut, "no answer within drain of 0.2 s"), (o.Outcome, o.Reason)));
    }

    [Fact]
    public async Task RunAsync_StoppedMidway_AccountsForEveryArrival()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new ScriptedServer(_ =>
        {
            stop.Cancel();
            return Answer.Stream("") with { Hang = true };
        });

        var (outcome, seen) = await RunAsync(server, Plans.Open(Every(50, 100), TimeSpan.FromSeconds(5)), stop: stop.Token);

        Assert.Equal(RunEnding.Cancelled, outcome.Ending);
        Assert.Equal(Enumerable.Range(0, 100), seen.Select(o => o.Arrival).Order());
        Assert.True(outcome.Counts.ByOutcome[Outcome.Cancelled] >= 1 && outcome.Counts.NotSent >= 1);
        Assert.All(seen.Where(o => o.Outcome == Outcome.NotSent), o => Assert.Null(o.Sent));
        Assert.All(seen, o => Assert.StartsWith("run stopped: by its caller", o.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_FewerConnectionsThanRequests_WaitInOrderAndCountAsLate()
    {
        await using var server = new ScriptedServer(KeptAlive);
        var settings = Ask.Settings(server.Url) with { MaxConnections = 2 };

        var (_, seen) = await RunAsync(server, Plans.Open(Enumerable.Repeat(0L, 50), TimeSpan.FromMilliseconds(200)), settings: settings);

        Assert.All(seen, o => Assert.Equal(Outcome.Completed, o.Outcome));
        Assert.True(server.Connections <= 2, $"{server.Connections} connections");
        Assert.Equal(seen.OrderBy(o => o.Sent).Select(o => o.Arrival), seen.OrderBy(o => o.Arrival).Select(o => o.Arrival));
    }

    [Fact]
    public async Task RunAsync_BudgetReached_SendsNothingMore()
    {
        await using var server = new ScriptedServer(KeptAlive);

        var (outcome, _) = await RunAsync(
            server, Plans.Open(Every(5, 20), TimeSpan.FromMilliseconds(200)), settings: Ask.Settings(server.Url) with { Budget = new Budget(Requests: 7) });

        Assert.Equal((7, 13, 7), (outcome.Counts.Completed, outcome.Counts.NotSent, server.Requests.Count));
    }

    [Fact]
    public async Task RunAsync_HonoredRetryAfter_HoldsBackTheRest()
    {
        await using var server = new ScriptedServer(Answer.Json(429, "{}", "Retry-After: 3600\r\n"));
        var settings = Ask.Settings(server.Url) with { RetryAfter = RetryAfterPolicy.Honor };
        var plan = Plans.Open([0, Simulation.Ms(400), Simulation.Ms(401)], TimeSpan.FromMilliseconds(500), s => s with { Drain = TimeSpan.FromMilliseconds(100) });

        var (_, seen) = await RunAsync(server, plan, settings: settings);

        Assert.Equal([Outcome.Overloaded, Outcome.NotSent, Outcome.NotSent], seen.OrderBy(o => o.Arrival).Select(o => o.Outcome));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task RunAsync_NobodyListens_DoesNotFloodTheJournal()
    {
        await using var server = new ScriptedServer(KeptAlive);
        var url = OpenAiTargetTests.ClosedPort();

        var (outcome, seen) = await RunAsync(
            server, Plans.Closed(2, TimeSpan.Zero, TimeSpan.FromMilliseconds(500)), settings: Ask.Settings(url));

        Assert.All(seen, o => Assert.Equal(Outcome.ConnectError, o.Outcome));
        Assert.InRange(outcome.Counts.Arrivals, 2, 12);
    }

    [Fact]
    public async Task RunAsync_ServerClosesEachConnection_IsNoFailure()
    {
        await using var server = new ScriptedServer(Answer.Json(200, Whole));

        var (_, seen) = await RunAsync(server, Plans.Closed(8, TimeSpan.Zero, TimeSpan.FromMilliseconds(400)));

        Assert.NotEmpty(seen);
        Assert.All(seen, o => Assert.Equal(Outcome.Completed, o.Outcome));
    }

    [Fact]
    public async Task RunAsync_WarmUp_LeavesTheTargetAlone()
    {
        await using var server = new ScriptedServer(KeptAlive);
        await using var target = new OpenAiTarget(Ask.Settings(server.Url));
        var journal = new MemoryJournal();

        await LoadEngine.RunAsync(Request(Plans.Open([0], TimeSpan.FromMilliseconds(50)), target, journal) with { WarmUp = true });

        Assert.Single(server.Requests);
        Assert.Single(journal.Observations);
    }

    private static IEnumerable<long> Every(double milliseconds, int count) => Enumerable.Range(0, count).Select(i => Simulation.Ms(i * milliseconds));

    private static RunRequest Request(Plan plan, OpenAiTarget target, MemoryJournal journal) => new()
    {
        Plan = plan,
        Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
        Journal = journal,
        WarmUp = false,
    };

    private static async Task<(RunOutcome Outcome, IReadOnlyList<JournalEvent.Observation> Seen)> RunAsync(
        ScriptedServer server, Plan plan, OpenAiSettings? settings = null, int loops = 1, CancellationToken stop = default)
    {
        await using var target = new OpenAiTarget(settings ?? Ask.Settings(server.Url));
        var journal = new MemoryJournal();
        var request = Request(plan, target, journal) with { Loops = loops };
        Assert.True(Lane.RunsOnLoops(request));
        var outcome = await LoadEngine.RunAsync(request, stop);
        Assert.Equal(outcome.Counts.Arrivals, journal.Observations.Count);
        return (outcome, journal.Observations);
    }
}
