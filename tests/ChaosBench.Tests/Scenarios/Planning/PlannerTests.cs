using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class PlannerTests
{
    [Fact]
    public void Create_SameSeed_SameText()
    {
        var first = Plans.Create(Plans.Scenario());
        var second = Plans.Create(Plans.Scenario());

        Assert.Equal(Plans.Text(first), Plans.Text(second));
        Assert.Equal(first.Sha256, second.Sha256);
        Assert.Matches("^[0-9a-f]{64}$", first.Sha256);
    }

    [Fact]
    public void Create_OtherSeeds_AllDiffer()
    {
        var hashes = Enumerable.Range(0, 8).Select(seed => Plans.Create(Plans.Scenario(), (ulong)seed).Sha256).ToHashSet();

        Assert.Equal(8, hashes.Count);
    }

    /// <summary>One plan written down: whoever changes it changes every user's plans, and should know.</summary>
    [Fact]
    public void Create_KnownScenario_KnownHash()
    {
        var entry = Plans.Entry(Plans.Set("tickets"), 3) with { Temperatures = [0, 0.7], Batch = [1, 2] };
        var generated = new PromptSet.Generated { Name = "fresh", Kind = "support-ticket", Locales = ["en", "de", "ja"], Count = 30 };
        var mischief = new PromptSet.Adversarial { Name = "mischief", Mutators = MutatorCatalogue.Names, From = generated };
        var scenario = Plans.Scenario(null, entry, Plans.Entry(generated), Plans.Entry(mischief)) with
        {
            Baseline = Plans.Target("baseline"),
            Faults = InputFaults.Names.Select((name, at) => new Fault { Id = "f" + at, Kind = name, At = Plans.Seconds(20), For = Plans.Seconds(20), Share = new Share(0.1) }).ToList(),
        };

        Assert.StartsWith("12c0f214d932c438ec85ab8f04460f2e", Plans.Create(scenario, 20261120).Sha256, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_Arrivals_NumberedOrderedAndInsideTheRun()
    {
        var plan = Plans.Create(Plans.Scenario());

        Assert.Equal(Enumerable.Range(0, plan.Arrivals.Count), plan.Arrivals.Select(arrival => arrival.Index));
        Assert.Equal(plan.Arrivals.Select(arrival => arrival.At).Order(), plan.Arrivals.Select(arrival => arrival.At));
        Assert.All(plan.Arrivals, arrival => Assert.InRange(arrival.At, 0, plan.End - 1));
        Assert.Equal(plan.Arrivals.Count, plan.Arrivals.Select(arrival => arrival.Key).Distinct().Count());
    }

    [Fact]
    public void Create_Phases_StartAtZeroWithoutGaps()
    {
        var plan = Plans.Create(Plans.Scenario());

        Assert.Equal(
            [(Phase.WarmUp, 0L, 5L), (Phase.Baseline, 5, 25), (Phase.Fault, 25, 45), (Phase.Recovery, 45, 60)],
            plan.Phases.Select(phase => (phase.Phase, phase.Start / Nanos.PerSecond, phase.End / Nanos.PerSecond)));
    }

    [Fact]
    public void Create_EmptyPhases_AreLeftOut()
    {
        var plan = Plans.Create(Plans.Scenario() with { Phases = new PhaseDurations(default, Plans.Seconds(3), default, default) });

        Assert.Equal(new PhaseWindow(Phase.Baseline, 0, 3 * Nanos.PerSecond), Assert.Single(plan.Phases));
    }

    [Fact]
    public void Create_NoPhase_Throws()
    {
        var scenario = Plans.Scenario() with { Phases = new PhaseDurations(default, default, default, default) };

        Assert.Contains("phases are empty", Assert.Throws<PromptException>(() => Plans.Create(scenario)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TooManyArrivals_ThrowsBeforeReadingFiles()
    {
        var scenario = Plans.Scenario(new Workload.Open(new ArrivalProcess.Constant(new Rate(1e9))), Plans.Entry(Plans.Set("missing")));

        Assert.Contains("at most 50,000,000", Assert.Throws<PromptException>(() => Plans.Create(scenario)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_OtherMix_SameArrivalTimes()
    {
        var one = Plans.Create(Plans.Scenario(null, Plans.Entry(Plans.Set("a"))));
        var two = Plans.Create(Plans.Scenario(null, Plans.Entry(Plans.Set("b"), 3), Plans.Entry(Plans.Set("a"))));

        Assert.Equal(one.Arrivals.Select(arrival => arrival.At), two.Arrivals.Select(arrival => arrival.At));
    }

    [Fact]
    public void Create_OtherRateAndMix_SameDrawsOfOneLine()
    {
        var one = Plans.Create(Plans.Scenario(null, Plans.Entry(Plans.Set("a"))));
        var two = Plans.Create(Plans.Scenario(new Workload.Open(new ArrivalProcess.Constant(new Rate(80))), Plans.Entry(Plans.Set("b"), 3), Plans.Entry(Plans.Set("a"))));
        var ofTwo = two.Arrivals.Where(arrival => arrival.Cohort.Prompts == "a").Select(arrival => (arrival.Key, arrival.Prompt.Id, arrival.Sampling)).ToList();

        Assert.NotEmpty(ofTwo);
        Assert.Equal(one.Arrivals.Select(arrival => (arrival.Key, arrival.Prompt.Id, arrival.Sampling)).Take(ofTwo.Count), ofTwo.Take(one.Arrivals.Count));
    }

    [Fact]
    public void Create_OnePass_DrawsEveryPromptOnce()
    {
        var plan = Plans.Create(Plans.Scenario(new Workload.Open(new ArrivalProcess.Constant(new Rate(10)))));

        foreach (var pass in plan.Arrivals.Chunk(50))
        {
            Assert.Equal(50, pass.Select(arrival => arrival.Prompt.Id).Distinct().Count());
        }
    }

    [Fact]
    public void Create_Closed_MakesACycle()
    {
        var plan = Plans.Create(Plans.Scenario(new Workload.Closed(3, TimeSpan.Zero)));

        Assert.Equal(768, plan.Arrivals.Count);
        Assert.All(plan.Arrivals, arrival => Assert.Equal(0, arrival.At));
        Assert.Equal(5000, Plans.Create(Plans.Scenario(new Workload.Closed(5000, TimeSpan.Zero))).Arrivals.Count);
    }

    [Fact]
    public void Create_Text_HoldsNoPromptAndNoAnswer()
    {
        var text = Plans.Text(Plans.Create(Plans.Scenario()));

        Assert.DoesNotContain("please help", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\\\"intent", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"a\":1}", null, GraderKind.JsonFields)]
    [InlineData("billing", null, GraderKind.Exact)]
    [InlineData("{not json", null, GraderKind.Exact)]
    [InlineData("billing", GraderKind.Contains, GraderKind.Contains)]
    [InlineData(null, GraderKind.Contains, GraderKind.None)]
    public void Create_ExpectedAnswer_ChoosesGrader(string? expected, GraderKind? given, GraderKind grader)
    {
        var row = System.Text.Json.JsonSerializer.Serialize(new { prompt = "x", expected });
        var files = Plans.Files().With("one.jsonl", row);
        var scenario = Plans.Scenario(null, Plans.Entry(Plans.Set("one")) with { Grader = given });

        Assert.Equal(grader, Planner.Create(scenario, 1, new PlanInputs(files)).Arrivals[0].Cohort.Grader);
    }
}
