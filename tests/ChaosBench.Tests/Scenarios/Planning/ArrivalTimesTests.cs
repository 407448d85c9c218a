using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class ArrivalTimesTests
{
    private const long Minute = 60 * Nanos.PerSecond;

    [Theory]
    [InlineData(40, 60, 2400)]
    [InlineData(3, 10, 30)]
    [InlineData(0.7, 10, 7)]
    [InlineData(1.0 / 3, 10, 4)]
    [InlineData(0.01, 10, 1)]
    [InlineData(1000, 1, 1000)]
    public void Constant_Rate_GivesExactCountAndEqualGaps(double rate, double seconds, int count)
    {
        var times = Times(new ArrivalProcess.Constant(new Rate(rate)), Nanos.FromSeconds(seconds));

        Assert.Equal(count, times.Count);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, (1e9 / rate) - 1, (1e9 / rate) + 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(300)]
    public void Poisson_ManySeeds_MeanAndSpreadAreThoseOfPoisson(double rate)
    {
        var counts = Enumerable.Range(0, 200).Select(seed => Times(new ArrivalProcess.Poisson(new Rate(rate)), Minute, seed: (ulong)seed).Count).ToList();
        var mean = counts.Average();
        var variance = counts.Sum(count => (count - mean) * (count - mean)) / (counts.Count - 1);

        // Mean within 4 standard errors; variance of a Poisson count is its mean, its own error about 10 % here.
        Assert.InRange(mean, (60 * rate) - (4 * Math.Sqrt(60 * rate / 200)), (60 * rate) + (4 * Math.Sqrt(60 * rate / 200)));
        Assert.InRange(variance / (60 * rate), 0.6, 1.4);
    }

    [Theory]
    [InlineData(0, 40, 1200)]
    [InlineData(40, 0, 1200)]
    [InlineData(10, 30, 1200)]
    [InlineData(20, 20, 1200)]
    public void Ramp_Rates_CountIsTheIntegralOfTheRate(double from, double to, int count)
    {
        var times = Times(new ArrivalProcess.Ramp(new Rate(from), new Rate(to)), Minute);
        var firstHalf = times.Count(at => at < Minute / 2);

        Assert.InRange(times.Count, count - 1, count + 1);
        Assert.InRange(firstHalf, (30 * ((from * 0.75) + (to * 0.25))) - 1, (30 * ((from * 0.75) + (to * 0.25))) + 1);
    }

    private static readonly ArrivalProcess[] Every =
    [
        new ArrivalProcess.Constant(new Rate(777)), new ArrivalProcess.Poisson(new Rate(777)),
        new ArrivalProcess.Ramp(new Rate(0), new Rate(500)), new ArrivalProcess.Ramp(new Rate(500), new Rate(0)),
        new ArrivalProcess.Ramp(new Rate(0), new Rate(0)), new ArrivalProcess.Constant(new Rate(1e-9)),
        new ArrivalProcess.Shaped(new RateProfile.Flat(new Rate(300)), GapLaw.OfGamma(0.25)),
        new ArrivalProcess.Shaped(new RateProfile.Ramp(new Rate(0), new Rate(500)), GapLaw.OfWeibull(0.7)),
        new ArrivalProcess.Shaped(new RateProfile.Step(new Rate(0), new Rate(500), TimeSpan.FromSeconds(20)), GapLaw.Exponential),
        new ArrivalProcess.Shaped(new RateProfile.Spike(new Rate(5), new Rate(5000), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(3)), GapLaw.Even),
        new ArrivalProcess.Shaped(new RateProfile.Sine(new Rate(300), new Rate(300), TimeSpan.FromSeconds(7)), GapLaw.Even),
        new ArrivalProcess.Shaped(new RateProfile.Stages([new RateStage(TimeSpan.FromSeconds(5), new Rate(0), new Rate(900))]), GapLaw.Exponential),
        new ArrivalProcess.Clients([new ArrivalProcess.Shaped(new RateProfile.Flat(new Rate(300)), GapLaw.Even), new ArrivalProcess.Shaped(new RateProfile.Flat(new Rate(100)), GapLaw.OfGamma(2))]),
    ];

    public static TheoryData<ArrivalProcess> Processes => [.. Every];

    [Theory]
    [MemberData(nameof(Processes))]
    public void Create_AnyProcess_IsOrderedAndInsideTheSpan(ArrivalProcess process)
    {
        var times = Times(process, Minute);

        Assert.Equal(times.Order(), times);
        Assert.All(times, at => Assert.InRange(at, 0, Minute - 1));
        Assert.InRange(times.Count, 0, (ArrivalTimes.Expected(process, Minute) * 1.1) + 1);
    }

    [Fact]
    public void Every_TheClosedSet_IsCoveredHere() => Assert.Equal(
        typeof(ArrivalProcess).GetNestedTypes().Select(type => type.Name).Order(StringComparer.Ordinal),

        // The instants of a replay are the trace's: TracedPromptsTests.
        Every.Select(process => process.GetType().Name).Append("Replay").Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Create_GroupsOfFour_ComeAtAQuarterOfTheRate() =>
        Assert.Equal(600, Times(new ArrivalProcess.Constant(new Rate(40)), Minute, groupSize: 4).Count);

    [Fact]
    public void Log_ManyNumbers_AgreesWithTheLibrary()
    {
        var random = new SplitMix64(1);
        for (var step = 0; step < 100_000; step++)
        {
            var x = Math.Max(double.Epsilon * 1e20, random.NextDouble() * Math.Pow(2, random.Next(60) - 30));
            Assert.Equal(Math.Log(x), PortableMath.Log(x), Math.Max(1e-15, Math.Abs(Math.Log(x)) * 1e-15));
        }

        Assert.Equal(0, PortableMath.Log(1));
    }

    private static List<long> Times(ArrivalProcess process, long span, double groupSize = 1, ulong seed = 1) =>
        ArrivalTimes.Create(process, span, groupSize, new SplitMix64(seed)).ToList();
}
