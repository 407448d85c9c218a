using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>Engine and target together, over real sockets.</summary>
public abstract class RunAgainstServerTests(HttpTransport transport)
{
    private const string Stream = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n";

    [Fact]
    public async Task RunAsync_TargetGoesDownMidway_AccountsForEveryArrival()
    {
        const int alive = 20;
        ScriptedServer? server = null;
        server = new ScriptedServer(request =>
        {
            if (server!.Requests.Count == alive)
            {
                // Not awaited: it waits for the accepting loop, not for this connection, and this connection must go on.
                _ = server.DisposeAsync().AsTask();
            }

            return Answer.Stream(Stream);
        });
        await using var target = new OpenAiTarget(Settings(server.Url));
        var journal = new MemoryJournal();

        var outcome = await LoadEngine.RunAsync(new RunRequest
        {
            Plan = Plans.Open(Enumerable.Range(0, 60).Select(i => Simulation.Ms(i * 10)), TimeSpan.FromMilliseconds(600)),
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            Journal = journal,
            WarmUp = false,
        });

        await server.DisposeAsync();
        Assert.Equal(RunEnding.Completed, outcome.Ending);
        Assert.Equal(60, outcome.Counts.Arrivals);
        Assert.Equal(60, outcome.Counts.Sent);
        Assert.InRange(outcome.Counts.Completed, 1, alive);
        Assert.True(outcome.Counts.ByOutcome.GetValueOrDefault(Outcome.ConnectError) > 0);
        Assert.All(
            journal.Observations.Where(o => o.Outcome == Outcome.ConnectError),
            o => Assert.StartsWith("no connection: ", o.Reason, StringComparison.Ordinal));
    }

    private OpenAiSettings Settings(Uri url) => Ask.Settings(url) with { Transport = transport };
}

public sealed class RunAgainstServerOnEventLoopTests() : RunAgainstServerTests(HttpTransport.EventLoop);

public sealed class RunAgainstServerOnSocketsHandlerTests() : RunAgainstServerTests(HttpTransport.SocketsHandler);
