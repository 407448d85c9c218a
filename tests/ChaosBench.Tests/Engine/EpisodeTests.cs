using System.Text.Json;
using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Engine.Targets.OpenAi;

namespace ChaosBench.Tests.Engine;

public sealed class EpisodeTests
{
    private const string Whole = "{\"choices\":[{\"message\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}]}";

    [Fact]
    public void Ended_Answered_NextIsDueAfterItsDelayAndCarriesTheAnswer()
    {
        var plan = Chain((20, 0), (30, 0));
        var episode = new Episode(plan, plan.Arrivals[0]);

        var second = Assert.Single(episode.Ended(0, Outcome.Completed, "one", Simulation.Ms(100)));
        var third = Assert.Single(episode.Ended(1, Outcome.Completed, "two", Simulation.Ms(200)));

        Assert.Equal((1, Simulation.Ms(120)), (second.Turn, second.Due));
        Assert.Equal((2, Simulation.Ms(230)), (third.Turn, third.Due));
        var request = episode.Request(2, third.Due);
        Assert.Equal(["question 0", "one", "turn 1", "two", "turn 2"], Said(request));
        Assert.Equal(("r0-000000/3", "p0/3", Simulation.Ms(230)), ($"r0-{request.Key[1..]}", request.Prompt.Id, request.At));
        Assert.Equal("3", request.Cohort.Tags["turn"]);
    }

    [Fact]
    public void Ended_BeforeTheRecordedInstant_WaitsForIt()
    {
        var plan = Chain((0, 500), (0, 600));
        var episode = new Episode(plan, plan.Arrivals[0]);

        Assert.Equal(Simulation.Ms(10 + 500), Assert.Single(episode.Ended(0, Outcome.Completed, "one", Simulation.Ms(100))).Due);
        Assert.Equal(Simulation.Ms(700), Assert.Single(episode.Ended(1, Outcome.Completed, "two", Simulation.Ms(700))).Due);
    }

    [Theory]
    [InlineData(Outcome.TimedOut, "half")]
    [InlineData(Outcome.Completed, "")]
    [InlineData(Outcome.Completed, null)]
    public void Ended_NothingToGoOnFrom_NothingFollows(Outcome outcome, string? text)
    {
        var plan = Chain((0, 0));

        Assert.Empty(new Episode(plan, plan.Arrivals[0]).Ended(0, outcome, text, 5));
    }

    [Fact]
    public void Ended_Graph_FansOutAndWaitsForTheLastOfSeveral()
    {
        // 0 -> 1, 2 (at once, in parallel) -> 3; 4 begins by itself.
        var plan = WithTurns(
            Turn("left", [0], 10), Turn("right", [0], 20), Turn("both", [1, 2], 5) with { Answers = [new AnswerPlace(0, 2)] },
            Turn("alone", [], 0) with { NotBefore = Simulation.Ms(40) });
        var episode = new Episode(plan, plan.Arrivals[0]);

        Assert.Equal([(4, Simulation.Ms(50))], episode.Begin().Select(sequel => (sequel.Turn, sequel.Due)));
        Assert.Equal([(1, Simulation.Ms(110)), (2, Simulation.Ms(120))], episode.Ended(0, Outcome.Completed, null, Simulation.Ms(100)).Select(s => (s.Turn, s.Due)));
        Assert.Empty(episode.Ended(2, Outcome.Completed, "live", Simulation.Ms(300)));
        Assert.Equal([(3, Simulation.Ms(305))], episode.Ended(1, Outcome.Completed, null, Simulation.Ms(200)).Select(s => (s.Turn, s.Due)));
        Assert.Equal(["live"], Said(episode.Request(3, 0)));
        Assert.Equal(["alone"], Said(episode.Request(4, 0)));
        Assert.Empty(episode.Ended(4, Outcome.Completed, null, 0));
    }

    [Fact]
    public void Find_EveryNumber_IsTheTurnThatHasIt()
    {
        var arrivals = new[] { 2, 0, 3, 0 }.Select((turns, index) => Plans.Arrival(index, 0) with
        {
            Prompt = new PlannedPrompt("p", [], null, null) { Turns = [.. Enumerable.Repeat(Turn("x", null, 0), turns)] },
        }).ToList();
        var numbers = new TurnNumbers(arrivals);

        Assert.Equal(5, numbers.Total);
        Assert.Equal(
            [(0, 0), (1, 0), (2, 0), (3, 0), (0, 1), (0, 2), (2, 1), (2, 2), (2, 3)], Enumerable.Range(0, 9).Select(numbers.Find));
        Assert.All(Enumerable.Range(4, 5), number =>
        {
            var (arrival, turn) = numbers.Find(number);
            Assert.Equal(number, numbers.NumberOf(arrival, turn));
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => numbers.Find(9));
    }

    /// <summary>On the thread pool's lane: exact, because time is simulated.</summary>
    [Fact]
    public async Task RunAsync_Sessions_LatenessOfALaterTurnCountsFromItsDueTime()
    {
        var run = new Simulation();
        var plan = Chain((50, 0), (0, 400)) with { Phases = [new PhaseWindow(Phase.Baseline, 0, Simulation.Ms(1000))] };
        var target = new ScriptedTarget(run.Time, _ => new Script { Response = new Response { Outcome = Outcome.Completed, Status = 200, Text = "a" } });

        await run.RunAsync(plan, target);

        var seen = run.Journal.Observations.OrderBy(o => o.Arrival).ToList();
        Assert.Equal([0, 1, 2], seen.Select(o => o.Arrival));

        // 10 ms planned, 25 ms for each answer (20 + 5), 50 ms pause; then the recorded instant 10 + 400.
        Assert.Equal([10, 85, 410], seen.Select(o => o.Planned / 1_000_000));
        Assert.All(seen, o => Assert.Equal(o.Planned, o.Sent));
    }

    [Fact]
    public async Task RunAsync_TurnDueAfterThePhases_IsNotAskedAndHoldsNothingUp()
    {
        var run = new Simulation();
        var plan = Chain((5000, 0));
        var target = new ScriptedTarget(run.Time, _ => new Script { Response = new Response { Outcome = Outcome.Completed, Status = 200, Text = "a" } });

        var outcome = await run.RunAsync(plan, target);

        Assert.Equal((RunEnding.Completed, 1), (outcome.Ending, outcome.Counts.Arrivals));
        Assert.True(outcome.Ended < Simulation.Ms(4000), "it waited for a turn that is not asked");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RunAsync_SessionsOnLoops_AnswersAreThreadedAndNoTurnIsEarly(int loops)
    {
        await using var server = new ScriptedServer(Answer.Json(200, Whole));
        await using var target = new OpenAiTarget(Ask.Settings(server.Url));
        var journal = new MemoryJournal();
        var one = Chain((5, 0), (0, 30));
        var arrivals = Enumerable.Range(0, 10).Select(index => one.Arrivals[0] with { Index = index, Group = index, At = Simulation.Ms(10 * index) }).ToList();
        var plan = one with { Arrivals = arrivals, Turns = new TurnNumbers(arrivals), Phases = [new PhaseWindow(Phase.Baseline, 0, Simulation.Ms(1500))] };

        var outcome = await LoadEngine.RunAsync(new RunRequest
        {
            Plan = plan,
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            Journal = journal,
            WarmUp = false,
            Loops = loops,
        });

        Assert.Equal(RunEnding.Completed, outcome.Ending);
        var seen = journal.Observations.ToDictionary(o => o.Arrival);
        Assert.Equal(Enumerable.Range(0, 30), seen.Keys.Order());
        for (var arrival = 0; arrival < 10; arrival++)
        {
            var (first, second, third) = (seen[arrival], seen[plan.Turns.NumberOf(arrival, 1)], seen[plan.Turns.NumberOf(arrival, 2)]);
            Assert.InRange(second.Planned, first.Ended + Simulation.Ms(5), long.MaxValue);
            Assert.InRange(third.Planned, Math.Max(second.Ended, first.Planned + Simulation.Ms(30)), long.MaxValue);
            Assert.All([first, second, third], o => Assert.True(o.Sent >= o.Planned, "sent before its time"));
        }

        var asked = server.Requests.Select(request => JsonDocument.Parse(request.Body).RootElement.GetProperty("messages"))
            .Select(messages => string.Join('|', messages.EnumerateArray().Select(message => message.GetProperty("content").GetString())))
            .CountBy(text => text).ToDictionary();
        Assert.Equal(
            new Dictionary<string, int> { ["question 0"] = 10, ["question 0|yes|turn 1"] = 10, ["question 0|yes|turn 1|yes|turn 2"] = 10 }, asked);
    }

    private static PlannedTurn Turn(string text, IReadOnlyList<int>? after, double delay) => new([new ChatMessage("user", text)], null)
    {
        After = after, Delay = Simulation.Ms(delay), Answers = after is null ? null : [],
    };

    private static Plan Chain(params (double Delay, double NotBefore)[] turns) => WithTurns([.. turns.Select((turn, at) =>
        Turn($"turn {at + 1}", null, turn.Delay) with { NotBefore = Simulation.Ms(turn.NotBefore) })]);

    private static Plan WithTurns(params PlannedTurn[] turns)
    {
        var plan = Plans.Open([Simulation.Ms(10)], TimeSpan.FromMilliseconds(300));
        var arrival = plan.Arrivals[0] with { Prompt = plan.Arrivals[0].Prompt with { Turns = turns } };
        return plan with
        {
            Arrivals = [arrival],
            Turns = new TurnNumbers([arrival]),
            Scenario = plan.Scenario with { Workload = new Workload.Open(new ArrivalProcess.Constant(new Rate(1))) { Sessions = true } },
        };
    }

    private static List<string> Said(Arrival arrival) => arrival.Prompt.Messages.Select(message => message.Content).ToList();
}
