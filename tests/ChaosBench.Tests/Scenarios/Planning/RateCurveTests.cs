using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class RateCurveTests
{
    private const double Run = 60;

    public static TheoryData<RateProfile> Profiles =>
    [
        new RateProfile.Flat(new Rate(20)), new RateProfile.Ramp(new Rate(0), new Rate(80)), new RateProfile.Ramp(new Rate(80), new Rate(0)),
        new RateProfile.Step(new Rate(10), new Rate(40), Seconds(20)), new RateProfile.Spike(new Rate(5), new Rate(200), Seconds(10), Seconds(3)),
        new RateProfile.Sine(new Rate(20), new Rate(20), Seconds(13)), new RateProfile.Sine(new Rate(20), new Rate(5), Seconds(240)),
        new RateProfile.Stages([new(Seconds(10), new Rate(0), new Rate(30)), new(Seconds(10), new Rate(0), new Rate(0)), new(Seconds(10), new Rate(50), new Rate(10))]),
    ];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Integral_AnyProfile_IsThatOfItsRateAndHasItsInverse(RateProfile profile)
    {
        var curve = RateCurve.Of(profile, Run);
        var sum = 0.0;
        const int Steps = 60_000;
        for (var step = 0; step < Steps; step++)
        {
            sum += curve.At((step + 0.5) * Run / Steps) * Run / Steps;
        }

        Assert.Equal(curve.Integral(Run), sum, 0.2);
        for (var seconds = 0.25; seconds < Run; seconds += 0.5)
        {
            var count = curve.Integral(seconds);
            Assert.Equal(count, curve.Integral(curve.Inverse(count)), 1e-6);
        }
    }

    /// <summary>
    /// Arrivals of a non-homogeneous Poisson process, moved by the integral of its rate, are a Poisson process of rate 1: its gaps are
    /// exponential and its counts have their mean as variance.
    /// </summary>
    [Theory]
    [MemberData(nameof(Profiles))]
    public void Create_Poisson_HasExponentialGapsInItsOwnTime(RateProfile profile)
    {
        var curve = RateCurve.Of(profile, Run);
        var process = new ArrivalProcess.Shaped(profile, GapLaw.Exponential);
        var gaps = new List<double>();
        var counts = new List<int>();
        for (var seed = 0UL; seed < 100; seed++)
        {
            var times = ArrivalTimes.Create(process, Nanos.FromSeconds(Run), 1, new SplitMix64(seed)).ToList();
            counts.Add(times.Count);
            var own = times.Select(at => curve.Integral(Nanos.ToSeconds(at))).ToList();
            gaps.AddRange(own.Zip(own.Skip(1), (before, after) => after - before));
        }

        var expected = curve.Integral(Run);
        var mean = counts.Average();
        Assert.InRange(mean, expected - (4 * Math.Sqrt(expected / 100)), expected + (4 * Math.Sqrt(expected / 100)));
        Assert.InRange(counts.Sum(count => (count - mean) * (count - mean)) / 99 / expected, 0.5, 1.7);

        // Gaps cut by the end of the run are missing, which is one in as many as the run has: allowed on top of the KS bound.
        gaps.Sort();
        var distance = gaps.Select((gap, at) => Math.Abs(((at + 0.5) / gaps.Count) - (1 - Math.Exp(-gap)))).Max();
        Assert.InRange(distance, 0, (1.95 / Math.Sqrt(gaps.Count)) + (1 / expected));
    }

    [Fact]
    public void Create_ClientsTogether_BringTheSumOfTheirRates()
    {
        ArrivalProcess.Shaped Client(double rate, GapLaw law) => new(new RateProfile.Flat(new Rate(rate)), law);
        var process = new ArrivalProcess.Clients([.. Enumerable.Repeat(Client(2, GapLaw.Exponential), 20), Client(30, GapLaw.OfGamma(0.2)), Client(10, GapLaw.Even)]);
        var counts = Enumerable.Range(0, 300).Select(seed => ArrivalTimes.Create(process, 60 * Nanos.PerSecond, 1, new SplitMix64((ulong)seed)).Count()).ToList();

        Assert.Equal(80 * 60, ArrivalTimes.Expected(process, 60 * Nanos.PerSecond), 6);

        // Variances add up: 2400 of Poisson clients, 5 times 1800 of the bursty one.
        Assert.InRange(counts.Average(), 4_800 - (4 * Math.Sqrt(11_400 / 300.0)), 4_800 + (4 * Math.Sqrt(11_400 / 300.0)));
    }

    [Fact]
    public void Create_TwoEqualClients_DoNotArriveTogether()
    {
        var client = new ArrivalProcess.Shaped(new RateProfile.Flat(new Rate(50)), GapLaw.Exponential);
        var times = ArrivalTimes.Create(new ArrivalProcess.Clients([client, client]), 60 * Nanos.PerSecond, 1, new SplitMix64(1)).ToList();

        Assert.Equal(times.Count, times.Distinct().Count());
    }

    [Fact]
    public void Create_PlanOfAShape_IsTheSameForOneSeedAndOtherForAnother()
    {
        var scenario = Plans.Scenario(new Workload.Open(new ArrivalProcess.Shaped(new RateProfile.Sine(new Rate(20), new Rate(10), Seconds(30)), GapLaw.OfGamma(0.3))));

        Assert.Equal(Plans.Create(scenario, 5).Sha256, Plans.Create(scenario, 5).Sha256);
        Assert.NotEqual(Plans.Create(scenario, 5).Sha256, Plans.Create(scenario, 6).Sha256);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
