using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Scenarios.Prompts;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class PlanSummaryTests
{
    private static readonly Scenario Scenario = Plans.Scenario(null, Plans.Entry(Plans.Set("tickets"), 3), Plans.Entry(Plans.Set("a"))) with
    {
        Faults =
        [
            new Fault { Id = "typos", Kind = "input.typos", At = Plans.Seconds(25), For = Plans.Seconds(20), Share = new Share(0.3) },
            new Fault { Id = "kill", Kind = "node.kill", At = Plans.Seconds(25), For = Plans.Seconds(10) },
        ],
    };

    [Fact]
    public void Of_Plan_CountsAddUp()
    {
        var plan = Plans.Create(Scenario);
        var summary = PlanSummary.Of(plan, Authority.None, InputFaults.Catalogue);

        Assert.Equal(plan.Arrivals.Count, summary.Phases.Sum(phase => phase.Requests));
        Assert.Equal(plan.Arrivals.Count, summary.PromptSets.Sum(slice => slice.Requests));
        Assert.Equal(64L * plan.Arrivals.Count, summary.MaxOutputTokens);
        Assert.Equal(plan.Arrivals.Count(arrival => arrival.InputFaults.Count > 0), summary.Faults[0].Count);
        Assert.Equal(20, summary.Faults[0].Victims!.Count);
        Assert.Null(summary.Faults[1].Victims);
    }

    [Theory]
    [InlineData("1", "at run time: replica 1, as selected")]
    [InlineData(null, "at run time: one replica, chosen by the seed when it acts")]
    public void Of_FaultOnAReplica_SaysWhichOneAndTossesNoCoin(string? replica, string expected)
    {
        var kill = new Fault { Id = "kill", Kind = "node.kill", At = Plans.Seconds(25), For = Plans.Seconds(10) };
        var kind = new FaultKind("node.kill", Vantage.Server, FaultScope.Replica, "node", Fidelity.Simulated, "", "", [], "");
        var plan = Plans.Create(Scenario with
        {
            Faults = [replica is null ? kill : kill with { Select = new Dictionary<string, string> { ["replica"] = replica } }],
        });

        Assert.Equal(expected, PlanSummary.Of(plan, Authority.None, [kind]).Faults[0].Rule);
    }

    [Fact]
    public void Write_Plan_NamesPhasesInWordsAndTheFilesItRead()
    {
        using var text = new StringWriter();

        PlanSummaryText.Write(PlanSummary.Of(Plans.Create(Scenario), Authority.None, InputFaults.Catalogue), text);

        Assert.Contains("  warm-up    0s to 5s", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("reads     a.jsonl  sha256 ", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("          tickets.jsonl  sha256 ", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HostileNames_ReachNoTerminal()
    {
        var files = Plans.Files().With("evil.jsonl", """{"prompt":"x","tags":{"k":"\u001b[2J\u202e"}}""");
        var scenario = Plans.Scenario(null, Plans.Entry(Plans.Set("evil"))) with { Name = "a\u001b]0;b\nc" };
        var plan = Planner.Create(scenario, 1, new PlanInputs(files));
        using var text = new StringWriter();

        PlanSummaryText.Write(PlanSummary.Of(plan, new Authority(["h\u001b:1"], [], true, false, false), []), text);

        Assert.DoesNotContain('\u001b', text.ToString());
        Assert.DoesNotContain('\u202e', text.ToString());
        Assert.Contains("a\\u001B]0;b\\u000Ac", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("--allow-exec", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_HostileNames_StayOnTheirLine()
    {
        var files = new MemoryFiles().With("evil.jsonl", "{\"id\":\"x\\n1 2 3\",\"prompt\":\"x\"}");
        var plan = Planner.Create(Plans.Scenario(null, Plans.Entry(Plans.Set("evil"))), 1, new PlanInputs(files));

        var lines = Plans.Text(plan).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(plan.Arrivals.Count + plan.Phases.Count + 1 + 5, lines.Length);
    }
}
