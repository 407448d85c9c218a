using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class InputFaultsTests
{
    private static readonly MixEntry[] Mix =
    [
        Plans.Entry(Plans.Set("tickets"), 8), Plans.Entry(Plans.Set("a"), 8), Plans.Entry(Plans.Set("canaries"), 4) with { Role = PromptRole.Canary },
    ];

    public static TheoryData<string> Names => [.. InputFaults.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Create_EveryInputFault_DamagesItsShareOfTheWindow(string kind)
    {
        var clean = Plans.Create(Plans.Scenario(null, Mix));
        var plan = Plans.Create(Plans.Scenario(null, Mix) with { Faults = [Fault(kind, 0.5)] });
        var eligible = plan.Arrivals.Where(arrival => InputFaults.IsEligible(plan.Faults[0], arrival, arrival.At)).ToList();
        var victims = plan.Arrivals.Where(arrival => arrival.InputFaults.Count > 0).ToList();

        Assert.Empty(victims.Except(eligible, ReferenceEqualityComparer.Instance));
        Assert.All(victims, arrival => Assert.Equal("f", arrival.Cohort.Tags["fault"]));
        Assert.DoesNotContain(victims, arrival => Hash(arrival) == Hash(clean.Arrivals[arrival.Index]));
        Assert.All(victims, arrival => Assert.Equal(arrival.Prompt.Expected is null, arrival.Cohort.Grader == GraderKind.None));
        Assert.InRange(victims.Count / (double)eligible.Count, 0.42, 0.58);
        Assert.DoesNotContain(plan.Arrivals, arrival => arrival.InputFaults.Count == 0 && Hash(arrival) != Hash(clean.Arrivals[arrival.Index]));
        Assert.DoesNotContain(victims, arrival => arrival.At < 25 * Nanos.PerSecond || arrival.At >= 45 * Nanos.PerSecond);
        Assert.DoesNotContain(victims, arrival => arrival.Cohort.Role == PromptRole.Canary);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Create_ShareAtTheEnds_IsNoneOrAll(double share)
    {
        var plan = Plans.Create(Plans.Scenario(null, Mix) with { Faults = [Fault("input.typos", share)] });
        var eligible = plan.Arrivals.Count(arrival => InputFaults.IsEligible(plan.Faults[0], arrival, arrival.At));

        Assert.Equal((int)share * eligible, plan.Arrivals.Count(arrival => arrival.InputFaults.Count > 0));
    }

    [Fact]
    public void Create_LargerShare_KeepsTheVictimsOfTheSmaller()
    {
        HashSet<string> Victims(double share) => Plans.Create(Plans.Scenario(null, Mix) with { Faults = [Fault("input.bidi", share)] })
            .Arrivals.Where(arrival => arrival.InputFaults.Count > 0).Select(arrival => arrival.Key).ToHashSet();

        Assert.Subset(Victims(0.6), Victims(0.2));
    }

    [Fact]
    public void Create_OtherRateAndMix_SameVictims()
    {
        var fault = Fault("input.typos", 0.3) with { At = TimeSpan.Zero, For = Plans.Seconds(60) };
        var one = Plans.Create(Plans.Scenario(null, Mix[0]) with { Faults = [fault] });
        var two = Plans.Create(Plans.Scenario(new Workload.Open(new ArrivalProcess.Constant(new Rate(90))), Mix[0], Plans.Entry(Plans.Set("b"), 30)) with { Faults = [fault] });
        var hitOne = one.Arrivals.ToDictionary(arrival => arrival.Key, arrival => arrival.InputFaults.Count > 0);
        var common = two.Arrivals.Where(arrival => hitOne.ContainsKey(arrival.Key)).ToList();

        Assert.InRange(common.Count, 200, 5000);
        Assert.All(common, arrival => Assert.Equal(hitOne[arrival.Key], arrival.InputFaults.Count > 0));
    }

    [Fact]
    public void Create_SelectPrompts_SparesOthers()
    {
        var fault = Fault("input.null_bytes", 1) with { Select = new Dictionary<string, string> { ["prompts"] = "a" } };
        var plan = Plans.Create(Plans.Scenario(null, Mix) with { Faults = [fault] });

        Assert.Equal(["a"], plan.Arrivals.Where(arrival => arrival.InputFaults.Count > 0).Select(arrival => arrival.Cohort.Prompts).Distinct());
    }

    [Fact]
    public void Create_TextAndBodyFault_BodyIsMadeFromTheDamagedText()
    {
        var plan = Plans.Create(Plans.Scenario(null, Mix[0]) with
        {
            Faults = [Fault("input.truncated_utf8", 1) with { Id = "body" }, Fault("input.malformed_json", 1) with { Id = "second" }, Fault("adversarial.prompt_injection", 1) with { Id = "text" }],
        });
        var victim = plan.Arrivals.First(arrival => arrival.InputFaults.Count > 0);

        Assert.Equal(["text", "body"], victim.InputFaults);
        Assert.Equal("text+body", victim.Cohort.Tags["fault"]);
        Assert.NotNull(victim.Prompt.RawBody);
    }

    [Fact]
    public void Apply_ClosedWorkload_ActsAtTheInstantOfSending()
    {
        var plan = Plans.Create(Plans.Scenario(new Workload.Closed(2, TimeSpan.Zero)) with { Faults = [Fault("input.typos", 1)] });
        var arrival = plan.Arrivals[0];

        Assert.Empty(arrival.InputFaults);
        Assert.Same(arrival, InputFaults.Apply(plan.Faults, plan.Seed, arrival, 24 * Nanos.PerSecond));
        Assert.Equal(["f"], InputFaults.Apply(plan.Faults, plan.Seed, arrival, 25 * Nanos.PerSecond).InputFaults);
        Assert.Same(arrival, InputFaults.Apply(plan.Faults, plan.Seed, arrival, 45 * Nanos.PerSecond));
    }

    [Fact]
    public void Catalogue_EveryEntry_IsComplete()
    {
        Assert.Equal(InputFaults.Names, InputFaults.Catalogue.Select(kind => kind.Name));
        Assert.All(InputFaults.Catalogue, kind =>
        {
            Assert.Equal((Vantage.Input, FaultScope.Request, Fidelity.Real), (kind.Vantage, kind.Scope, kind.Fidelity));
            Assert.EndsWith(".", kind.Response, StringComparison.Ordinal);
            Assert.Contains(kind.Name, kind.Example, StringComparison.Ordinal);
        });
    }

    private static string Hash(Arrival arrival) => PromptHash.Sha256(arrival.Prompt);

    private static Fault Fault(string kind, double share) =>
        new() { Id = "f", Kind = kind, At = Plans.Seconds(25), For = Plans.Seconds(20), Share = new Share(share) };
}
