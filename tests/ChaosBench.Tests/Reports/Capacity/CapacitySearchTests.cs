using ChaosBench.Reports.Capacity;
using ChaosBench.Scenarios.Model;
using Xunit.Abstractions;

namespace ChaosBench.Tests.Reports.Capacity;

public sealed class CapacitySearchTests(ITestOutputHelper output)
{
    private const double Limit = 0.1;
    private static readonly ProbeRules Rules = new() { Objectives = new RequestObjectives(E2e: TimeSpan.FromSeconds(Limit)) };

    /// <summary>Verdicts without noise: everything up to the capacity holds.</summary>
    [Theory]
    [InlineData(1, 100, 0.05)]
    [InlineData(40, 100, 0.05)]
    [InlineData(99, 100, 0.01)]
    [InlineData(900, 100, 0.05)]
    [InlineData(1, 7.3, 0.02)]
    public void Search_ExactVerdicts_FindsTheCapacityWithinThePrecision(double from, double capacity, double precision)
    {
        var search = new CapacitySearch(from, 10_000, precision);

        Walk(search, rate => rate <= capacity ? ProbeVerdict.Holds : ProbeVerdict.Fails);

        Assert.Equal(CapacityEnding.Found, search.Ending);
        Assert.InRange(search.Highest!.Value, capacity / (1 + precision), capacity);
        Assert.InRange(search.Limit, capacity, capacity * (1 + precision));
    }

    [Fact]
    public void Search_FoundRateFailsWhenTriedAgain_GoesBelowIt()
    {
        var seen = new HashSet<double>();
        var search = new CapacitySearch(10, 1000, 0.05);

        // Above 60 a rate holds by luck, once.
        Walk(search, rate => rate <= 60 || (rate <= 90 && seen.Add(rate)) ? ProbeVerdict.Holds : ProbeVerdict.Fails);

        Assert.Equal(CapacityEnding.Found, search.Ending);
        Assert.InRange(search.Highest!.Value, 50, 60);
    }

    [Fact]
    public void Search_EverythingHolds_SaysAtLeastTheHighestRate()
    {
        var search = new CapacitySearch(10, 100, 0.05);
        Walk(search, _ => ProbeVerdict.Holds);
        Assert.Equal((CapacityEnding.AtLeast, 100), (search.Ending, search.Highest));
    }

    [Fact]
    public void Search_NothingHolds_SaysNotMetAndClaimsNothing()
    {
        var search = new CapacitySearch(64, 100, 0.05);
        Walk(search, _ => ProbeVerdict.Fails);
        Assert.Equal((CapacityEnding.NotMet, null), (search.Ending, search.Highest));
    }

    [Fact]
    public void Search_GeneratorIsTheLimit_TriesAgainAndStops()
    {
        var search = new CapacitySearch(10, 1000, 0.05);
        var tries = Walk(search, rate => rate < 80 ? ProbeVerdict.Holds : ProbeVerdict.GeneratorLimited);
        Assert.Equal((CapacityEnding.GeneratorLimited, 40), (search.Ending, search.Highest));
        Assert.Equal(CapacitySearch.GeneratorTries, tries.Count(rate => rate.Equals(80)));
    }

    [Fact]
    public void Search_GeneratorWasBusyOnce_GoesOn()
    {
        var busy = true;
        var search = new CapacitySearch(10, 1000, 0.05);

        Walk(search, rate =>
        {
            (var spoiled, busy) = (busy, false);
            return spoiled ? ProbeVerdict.GeneratorLimited : rate <= 100 ? ProbeVerdict.Holds : ProbeVerdict.Fails;
        });

        Assert.Equal(CapacityEnding.Found, search.Ending);
    }

    [Fact]
    public void Search_VerdictsByTheCoin_EndsAndSaysSo()
    {
        var turn = 0;
        var search = new CapacitySearch(10, 1000, 0.05);
        Walk(search, _ => turn++ % 2 == 0 ? ProbeVerdict.Holds : ProbeVerdict.Fails);
        Assert.NotNull(search.Ending);
    }

    /// <summary>A queue in front of a server of 100/s: the claim is never above that, nor by more than the precision above the rate that the target share is met at in the long run.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    public void Search_SimulatedQueue_NeverClaimsMoreThanItsServer(double wrong)
    {
        var target = new SimulatedTarget(Service: 0.01) { Wrong = wrong };
        var knee = Knee(target);
        for (var seed = 1UL; seed <= 12; seed++)
        {
            var (search, probes) = target.Find(5, 5000, 0.05, Rules, seed);

            output.WriteLine(FormattableString.Invariant(
                $"knee {knee:0.0}, seed {seed}: {search.Ending} {search.Highest:0.0}/s, long-run {target.Attainment(search.Highest!.Value, Limit):0.000}, {probes.Count} probes, {probes.Sum(probe => probe.Seconds):0} s"));
            Assert.Equal(CapacityEnding.Found, search.Ending);
            Assert.InRange(search.Highest!.Value, knee * 0.85, Math.Min(knee * 1.05, 100));
        }
    }

    [Fact]
    public void Search_LimitSoFarAwayThatNoRequestMissesIt_StopsAtSaturation()
    {
        var target = new SimulatedTarget(Service: 0.01);
        var rules = Rules with { Objectives = new RequestObjectives(E2e: TimeSpan.FromSeconds(20)) };

        var (search, probes) = target.Find(5, 5000, 0.05, rules, seed: 3);

        Assert.Equal(CapacityEnding.Found, search.Ending);
        Assert.InRange(search.Highest!.Value, 75, 105);
        Assert.Contains(probes, probe => probe.Verdict == ProbeVerdict.Fails && probe.Why.StartsWith("saturated", StringComparison.Ordinal));
    }

    [Fact]
    public void Search_SlowGenerator_IsNamedAndNotTheTarget()
    {
        var target = new SimulatedTarget(Service: 0.0001) { GeneratorLimit = 200 };

        var (search, probes) = target.Find(20, 5000, 0.05, Rules, seed: 5);

        Assert.Equal(CapacityEnding.GeneratorLimited, search.Ending);
        Assert.InRange(search.Highest!.Value, 20, 200);
        Assert.Contains("generator", CapacityWords.Sentence(search.Ending!.Value, search, probes[^1]), StringComparison.Ordinal);
    }

    /// <summary>The highest rate at which 95 % are good over half an hour.</summary>
    private static double Knee(SimulatedTarget target)
    {
        var (low, high) = (10.0, 100.0);
        for (var step = 0; step < 12; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = target.Attainment(middle, Limit) >= 0.95 ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static List<double> Walk(CapacitySearch search, Func<double, ProbeVerdict> verdict)
    {
        var tried = new List<double>();
        while (search.Next is { } rate)
        {
            tried.Add(rate);
            search.Report(rate, verdict(rate));
        }

        return tried;
    }
}
