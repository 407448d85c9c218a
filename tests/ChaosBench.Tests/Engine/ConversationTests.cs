using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Engine;

public sealed class ConversationTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Next_Answered_CarriesEverythingSaidSoFar()
    {
        var talk = new Conversation(Plan(turns: 2), Closed(), 0);

        var first = talk.Next(0);
        talk.Heard(Outcome.Completed, "one");
        var second = talk.Next(0);
        talk.Heard(Outcome.Completed, "two");
        var third = talk.Next(0);
        talk.Heard(Outcome.Completed, "three");
        var other = talk.Next(0);

        Assert.Equal(["question 0"], Said(first));
        Assert.Equal(["question 0", "one", "turn 2 of 0"], Said(second));
        Assert.Equal(["question 0", "one", "turn 2 of 0", "two", "turn 3 of 0"], Said(third));
        Assert.Equal(["question 1"], Said(other));
        Assert.Equal([0, 1, 2, 3], new[] { first, second, third, other }.Select(arrival => arrival.Index));
        Assert.Equal([("p0", "16"), ("p0/2", "22"), ("p0/3", "23")], new[] { first, second, third }.Select(arrival => (arrival.Prompt.Id, $"{arrival.Sampling.MaxTokens}")));
        Assert.Equal("3", third.Cohort.Tags["turn"]);
    }

    [Theory]
    [InlineData(Outcome.TimedOut, "half")]
    [InlineData(Outcome.Completed, "")]
    [InlineData(Outcome.Completed, null)]
    public void Next_NothingToGoOnFrom_OpensAnother(Outcome outcome, string? text)
    {
        var talk = new Conversation(Plan(turns: 2), Closed(), 0);
        talk.Next(0);

        talk.Heard(outcome, text);

        Assert.Equal(["question 1"], Said(talk.Next(0)));
    }

    [Fact]
    public void Next_FloodOfAnAnswer_IsNotCarried()
    {
        var talk = new Conversation(Plan(turns: 1), Closed(), 0);
        talk.Next(0);

        talk.Heard(Outcome.Completed, new string('x', Conversation.MostCarried + 1));

        Assert.Equal(["question 1"], Said(talk.Next(0)));
    }

    [Fact]
    public void Next_TwoClients_HoldTheirOwnConversationsUnderIndicesOfTheirOwn()
    {
        var plan = Plan(turns: 1);
        var clients = new[] { new Conversation(plan, Closed(2), 0), new Conversation(plan, Closed(2), 1) };
        var seen = new List<(int Index, string Last)>();
        for (var round = 0; round < 4; round++)
        {
            foreach (var client in clients)
            {
                var arrival = client.Next(0);
                seen.Add((arrival.Index, Said(arrival)[^1]));
                client.Heard(Outcome.Completed, "yes");
            }
        }

        Assert.Equal(Enumerable.Range(0, 8), seen.Select(one => one.Index));
        Assert.Equal(
            ["question 0", "question 1", "turn 2 of 0", "turn 2 of 1", "question 2", "question 3", "turn 2 of 2", "turn 2 of 3"],
            seen.Select(one => one.Last));
    }

    /// <summary>On the thread pool's lane; over HTTP and event loops: ReplayRunTests.</summary>
    [Fact]
    public async Task RunAsync_Sessions_ThinkBetweenTurnsAndCarryAnswers()
    {
        var run = new Simulation();
        var asked = new List<string>();
        var target = new ScriptedTarget(run.Time, arrival =>
        {
            asked.Add(string.Join('|', Said(arrival)));
            return new Script { Response = new Response { Outcome = Outcome.Completed, Status = 200, Text = $"a{asked.Count}" } };
        });

        await run.RunAsync(Plan(turns: 1), target);

        Assert.Equal(["question 0", "question 0|a1|turn 2 of 0", "question 1", "question 1|a3|turn 2 of 1"], asked.Take(4));
        Assert.Equal([0, 125, 250, 375], run.Journal.Observations.Take(4).Select(seen => seen.Sent!.Value / 1_000_000));
    }

    private static Workload.Closed Closed(int clients = 1) => new(clients, TimeSpan.FromMilliseconds(100), Sessions: true);

    private static Plan Plan(int turns)
    {
        var plan = Plans.Closed(1, TimeSpan.FromMilliseconds(100), Second);
        return plan with
        {
            Scenario = plan.Scenario with { Workload = Closed() },
            Arrivals = [.. plan.Arrivals.Select(arrival => arrival with
            {
                Prompt = arrival.Prompt with
                {
                    Turns = [.. Enumerable.Range(2, turns).Select(turn => new PlannedTurn([new ChatMessage("user", $"turn {turn} of {arrival.Index}")], 20 + turn))],
                },
            })],
        };
    }

    private static List<string> Said(Arrival arrival) => arrival.Prompt.Messages.Select(message => message.Content).ToList();
}
