using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class BlocksTests
{
    private static readonly Scenario Scenario = Plans.Scenario(
        null, Plans.Entry(Plans.Set("tickets"), 3) with { Temperatures = [0, 0.7], Batch = [1, 3] }, Plans.Entry(Plans.Set("a"))) with
    {
        Baseline = Plans.Target("baseline"),
        Faults = [new Fault { Id = "typos", Kind = "input.typos", At = Plans.Seconds(25), For = Plans.Seconds(20), Share = new Share(0.4) }],
    };

    [Fact]
    public void Create_WithBaseline_BothArmsOfABlockAreTwins()
    {
        var plan = Plans.Create(Scenario);
        var starts = plan.Blocks.ToDictionary(block => (block.Block, block.Role), block => block.Start);

        foreach (var block in plan.Arrivals.GroupBy(arrival => arrival.Block))
        {
            var candidate = Arm(block, TargetRole.Candidate);
            Assert.Equal(candidate, Arm(block, TargetRole.Baseline));
        }

        Assert.Equal(plan.Arrivals.Count, 2 * plan.Arrivals.Count(arrival => arrival.Role == TargetRole.Baseline));
        Assert.Contains(plan.Arrivals, arrival => arrival.InputFaults.Count > 0);

        List<(long, string, string, Sampling, Cohort, string)> Arm(IEnumerable<Arrival> block, TargetRole role) => block
            .Where(arrival => arrival.Role == role)
            .Select(arrival => (arrival.At - starts[(arrival.Block, role)], arrival.Key, PromptHash.Sha256(arrival.Prompt), arrival.Sampling,
                arrival.Cohort with { Tags = PlainTags }, string.Join(',', arrival.Cohort.Tags) + string.Join(',', arrival.InputFaults)))
            .ToList();
    }

    private static readonly IReadOnlyDictionary<string, string> PlainTags = new Dictionary<string, string>();

    [Fact]
    public void Create_WithBaseline_BlocksTileThePhasesInWholePairs()
    {
        var plan = Plans.Create(Scenario);

        foreach (var phase in plan.Phases)
        {
            var blocks = plan.Blocks.Where(block => block.Start >= phase.Start && block.Start < phase.End).ToList();
            Assert.Equal(0, blocks.Count % 2);
            Assert.Equal(phase.Start, blocks[0].Start);
            Assert.InRange(blocks[^1].End, phase.End - blocks.Count, phase.End);
            Assert.All(blocks.Zip(blocks.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
            Assert.All(blocks, block => Assert.InRange(Nanos.ToSeconds(block.End - block.Start), 0.75, 1.5));
        }

        Assert.All(plan.Arrivals, arrival => Assert.Single(plan.Blocks, block =>
            block.Block == arrival.Block && block.Role == arrival.Role && arrival.At >= block.Start && arrival.At < block.End));
    }

    [Fact]
    public void Create_FreshStarts_APauseWithoutLoadBeforeEachBlock()
    {
        var plan = Plans.Create(Scenario with
        {
            Faults = [], Fresh = new FreshStarts(TimeSpan.FromSeconds(3), 8), Phases = new PhaseDurations(Plans.Seconds(5), Plans.Seconds(60), TimeSpan.Zero, TimeSpan.Zero),
        });

        Assert.Equal([new PhaseWindow(Phase.Baseline, 0, Nanos.From(Plans.Seconds(60)))], plan.Phases);
        Assert.Equal(10, plan.Blocks.Count);
        Assert.All(plan.Blocks, (block, at) => Assert.Equal(
            (Nanos.From(Plans.Seconds(6 * at + 3)), Nanos.From(Plans.Seconds(6 * at + 6))), (block.Start, block.End)));
        Assert.All(plan.Arrivals, arrival => Assert.Single(plan.Blocks, block =>
            block.Block == arrival.Block && block.Role == arrival.Role && arrival.At >= block.Start && arrival.At < block.End));
        Assert.Equal(plan.Arrivals.Count, 2 * plan.Arrivals.Count(arrival => arrival.Role == TargetRole.Baseline));
    }

    [Fact]
    public void Create_FreshStarts_AnotherPlanThanWarmOnes()
    {
        var warm = Scenario with { Faults = [] };

        Assert.NotEqual(
            Plans.Create(warm with { Fresh = new FreshStarts(TimeSpan.FromSeconds(1), 0) }).Sha256, Plans.Create(warm with { Fresh = new FreshStarts(TimeSpan.FromSeconds(1), 1) }).Sha256);
    }

    [Fact]
    public void Create_WithBaseline_OrderOfArmsIsACoinAndItsMirrorImage()
    {
        var quiet = Scenario with { Workload = new Workload.Open(new ArrivalProcess.Constant(new Rate(1))) };
        var plans = Enumerable.Range(0, 30).Select(seed => Plans.Create(quiet, (ulong)seed)).ToList();

        // The role that goes first in each pair, two pairs at a time.
        var twos = plans.SelectMany(plan => plan.Blocks.Chunk(2).Select(pair => pair[0].Role).Chunk(2)).Where(two => two.Length == 2).ToList();

        Assert.All(twos, two => Assert.NotEqual(two[0], two[1]));
        Assert.InRange(twos.Count(two => two[0] == TargetRole.Candidate) / (double)twos.Count, 0.42, 0.58);
    }

    [Fact]
    public void Create_WithBaseline_EachArmGetsTheRateInItsTurn()
    {
        var plan = Plans.Create(Scenario with { Workload = new Workload.Open(new ArrivalProcess.Ramp(new Rate(10), new Rate(70))), Mix = [Plans.Entry(Plans.Set("a"))] });

        Assert.InRange(plan.Arrivals.Count, 2390, 2410);
        Assert.InRange(plan.Arrivals.Count(arrival => arrival.At < plan.End / 2), 735, 765);
    }

    [Fact]
    public void Create_WithBaselineAndClosedWorkload_Throws()
    {
        var scenario = Plans.Scenario(new Workload.Closed(2, TimeSpan.Zero)) with { Baseline = Plans.Target("baseline") };

        Assert.Contains("open workload", Assert.Throws<PromptException>(() => Plans.Create(scenario)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_UntilDecided_PlansTheWholeBudgetAndBeginsAsWithoutIt()
    {
        var scenario = Scenario with
        {
            Faults = [], Phases = new PhaseDurations(Plans.Seconds(5), Plans.Seconds(21), default, default), Mix = [Plans.Entry(Plans.Set("a"))],
        };
        var (plain, time) = (Plans.Create(scenario), Plans.Create(scenario with { UntilDecided = new PairBudget(Plans.Seconds(100), null) }));
        var pairs = Plans.Create(scenario with { UntilDecided = new PairBudget(null, 30) });

        // 21 s are ten pairs of 2.1 s.
        Assert.Equal((10, 47), (time.Pairs!.Least, time.Pairs.Most));
        Assert.Equal((10, 30), (pairs.Pairs!.Least, pairs.Pairs.Most));
        Assert.Equal(5 + (47 * 2.1), Nanos.ToSeconds(time.End), 6);
        Assert.Equal(plain.Arrivals.Select(Shape), time.Arrivals.Take(plain.Arrivals.Count).Select(Shape));
        Assert.NotEqual(plain.Sha256, time.Sha256);
        Assert.Contains("until-decided 10 30\n", Plans.Text(pairs), StringComparison.Ordinal);
        Assert.DoesNotContain("until-decided", Plans.Text(plain), StringComparison.Ordinal);

        static (long, TargetRole, int, string) Shape(Arrival arrival) => (arrival.At, arrival.Role, arrival.Block, arrival.Key);
    }

    /// <summary>From the middle of one pair to the middle of another: both arms must meet it at the same offsets all the same.</summary>
    [Theory]
    [InlineData("input.typos", FaultScope.Request)]
    [InlineData("http.503", FaultScope.Request)]
    [InlineData("node.kill", FaultScope.Replica)]
    public void Create_FaultInTheMiddleOfAPair_MeetsBothArmsAtTheSameOffsets(string kind, FaultScope scope)
    {
        var fault = new Fault { Id = "f", Kind = kind, Scope = scope, At = Plans.Seconds(26.3), For = Plans.Seconds(7.1), Share = new Share(0.7) };
        var burst = fault with { Schedule = new FaultSchedule { Repeat = new FaultRepeat.Burst(4, Plans.Seconds(2.3)) { For = Plans.Seconds(0.4) } } };
        foreach (var planned in new[] { fault, burst })
        {
            var plan = Plans.Create(Scenario with { Faults = [planned] });
            var windows = plan.Faults[0].Windows;
            foreach (var pair in plan.Blocks.Chunk(2))
            {
                var (first, second) = (Open(pair[0]), Open(pair[1]));
                Assert.Equal(first, second);
                Assert.True(scope == FaultScope.Request || first.Count == 0 || first[0] == (0, pair[0].End - pair[0].Start));
            }

            Assert.NotEmpty(windows);
            Assert.Equal((windows[0].Start, windows[^1].End), (plan.Faults[0].Start, plan.Faults[0].End));
            if (scope == FaultScope.Request && ReferenceEquals(planned, fault))
            {
                Assert.InRange(Nanos.ToSeconds(windows.Sum(window => window.End - window.Start)), 7.0999, 7.1001);
            }

            List<(long, long)> Open(BlockWindow block) => [.. windows.Where(window => window.Start < block.End && window.End > block.Start)
                .Select(window => (Math.Max(0, window.Start - block.Start), Math.Min(block.End, window.End) - block.Start))];
        }
    }
}
