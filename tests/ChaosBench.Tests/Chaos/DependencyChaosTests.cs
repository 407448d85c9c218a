using ChaosBench.Chaos;
using ChaosBench.Chaos.Injectors;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Scenarios.Planning;
using ChaosBench.Tests.Support;
using Polly;

namespace ChaosBench.Tests.Chaos;

public sealed class DependencyChaosTests
{
    private readonly Announcements _said = new();

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task AddTo_ShareOfRequests_HitsTheSameVictimsAtAnyConcurrency(int concurrency)
    {
        var fault = Planned("dependency.error", share: 0.1);
        var chaos = new DependencyChaos("context-store", seed: 7, _said);
        var injector = new DependencyError(fault, [chaos]);
        await injector.ApplyAsync(default);

        var failed = await LookUp(chaos, 2_000, concurrency);

        var expected = Enumerable.Range(0, 2_000).Select(Request)
            .Where(request => KeyedHash.Coin(7, fault.Fault.Id, request, 0.1));
        Assert.Equal(expected, failed.Order(StringComparer.Ordinal));
        Assert.InRange(failed.Count, 140, 260);
        Assert.Equal(2_000, _said.KeysOf(fault, UnitEvent.Eligible).Count);
        Assert.Equal(failed.Count, _said.KeysOf(fault, UnitEvent.Applied).Count);
    }

    /// <summary>Every way to choose: numbered, a share that rises with the plan, and a share that does not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task AddTo_ScheduledFaults_HitThePlansVictimsAtAnyConcurrency(int concurrency)
    {
        var fault = new Fault { Id = "it", Kind = "dependency.error", At = TimeSpan.FromSeconds(25), For = TimeSpan.FromSeconds(20), Share = new Share(0.2) };
        var plan = Plans.Create(Plans.Scenario() with
        {
            Faults =
            [
                fault with { Id = "numbered", Schedule = new FaultSchedule { Nth = [1, 5, 50] } },
                fault with { Id = "rising", Schedule = new FaultSchedule { Ramp = new FaultRamp(FaultRamp.Share, 0, 0.4) } },
                fault with { Id = "chance", Schedule = new FaultSchedule { Repeat = new FaultRepeat.Poisson(TimeSpan.FromSeconds(1)) { For = TimeSpan.FromSeconds(1) } } },
            ],
        });
        var chaos = new DependencyChaos("context-store", plan.Seed, _said);
        foreach (var planned in plan.Faults)
        {
            await new DependencyError(planned, [chaos]).ApplyAsync(default);
        }

        var keys = plan.Arrivals.Where(arrival => plan.Faults[0].ActsAt(arrival.At)).Select(arrival => arrival.Key).ToList();
        var pipeline = Pipeline(chaos, TimeProvider.System);
        var failed = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = concurrency }, async (key, _) =>
        {
            if (await Fails(pipeline, key, key))
            {
                failed.Add(key);
            }
        });

        Assert.Equal(3, _said.KeysOf(plan.Faults[0], UnitEvent.Applied).Distinct().Count());
        Assert.Equal(
            keys.Where(key => plan.Faults.Any(planned => planned.Hits(plan.Seed, key))).Order(StringComparer.Ordinal),
            failed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AddTo_TwoRequestsWithOneFaultKey_ShareTheirFate()
    {
        var fault = Planned("dependency.error", share: 0.5);
        var chaos = new DependencyChaos("context-store", seed: 7, _said);
        await new DependencyError(fault, [chaos]).ApplyAsync(default);
        var pipeline = Pipeline(chaos, TimeProvider.System);

        var arms = new List<(bool Candidate, bool Baseline)>();
        for (var draw = 0; draw < 100; draw++)
        {
            var key = FormattableString.Invariant($"tickets-{draw:D6}");
            arms.Add((await Fails(pipeline, Request(2 * draw), key), await Fails(pipeline, Request((2 * draw) + 1), key)));
        }

        Assert.All(arms, pair => Assert.Equal(pair.Candidate, pair.Baseline));
        Assert.InRange(arms.Count(pair => pair.Candidate), 30, 70);
        Assert.All(_said.KeysOf(fault, UnitEvent.Applied), key => Assert.StartsWith("r", key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AddTo_EmptyFaultKey_IsSparedAndNotEligible()
    {
        var fault = Planned("dependency.error", share: 1);
        var chaos = new DependencyChaos("context-store", seed: 7, _said);
        await new DependencyError(fault, [chaos]).ApplyAsync(default);

        Assert.False(await Fails(Pipeline(chaos, TimeProvider.System), Request(1), ""));
        Assert.Empty(_said.Units);
    }

    [Fact]
    public async Task ClearAsync_AfterApply_LeavesNothingBehind()
    {
        var fault = Planned("dependency.error", share: 1);
        var chaos = new DependencyChaos("context-store", seed: 7, _said);
        var injector = new DependencyError(fault, [chaos]);
        await injector.ApplyAsync(default);
        Assert.False(await injector.VerifyHealedAsync(default));

        await injector.ClearAsync(default);

        Assert.True(await injector.VerifyHealedAsync(default));
        Assert.Empty(await LookUp(chaos, 50, 1));
    }

    [Fact]
    public async Task AddTo_LatencyActive_DelaysByTheDrawnTime()
    {
        var time = new FakeTime();
        var fault = Planned("dependency.latency", share: 1, ("delay", "0.5"));
        var chaos = new DependencyChaos("context-store", seed: 7, _said);
        var injector = new DependencyLatency(fault, [chaos]);
        await injector.ApplyAsync(default);
        var pipeline = Pipeline(chaos, time);

        var lookup = Execute(pipeline, Request(1));
        time.Advance(TimeSpan.FromSeconds(0.49));
        Assert.False(lookup.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.02));

        Assert.Equal(42, await lookup);
        Assert.Equal([Request(1)], _said.KeysOf(fault, UnitEvent.Applied));
    }

    [Fact]
    public void Draw_Lognormal_MeetsItsQuantiles()
    {
        var latency = new LatencyDistribution(TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(900));
        var draws = Enumerable.Range(0, 20_000).Select(index => latency.Draw(3, "f", Request(index)).TotalSeconds).Order().ToList();

        Assert.InRange(draws[10_000], 0.077, 0.083);
        Assert.InRange(draws[19_800], 0.78, 1.03);
        Assert.Equal(latency.Draw(3, "f", "r1"), latency.Draw(3, "f", "r1"));
    }

    private static string Request(int index) => FormattableString.Invariant($"r{index:D6}");

    private static ResiliencePipeline<int> Pipeline(DependencyChaos chaos, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<int> { TimeProvider = time };
        chaos.AddTo(builder);
        return builder.Build();
    }

    private static async Task<List<string>> LookUp(DependencyChaos chaos, int count, int concurrency)
    {
        var pipeline = Pipeline(chaos, TimeProvider.System);
        var failed = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count).Select(Request), new ParallelOptions { MaxDegreeOfParallelism = concurrency },
            async (request, _) =>
            {
                try
                {
                    await Execute(pipeline, request);
                }
                catch (DependencyFaultException)
                {
                    failed.Add(request);
                }
            });
        return [.. failed];
    }

    private static async Task<bool> Fails(ResiliencePipeline<int> pipeline, string request, string key)
    {
        try
        {
            await Execute(pipeline, request, key);
            return false;
        }
        catch (DependencyFaultException)
        {
            return true;
        }
    }

    private static async Task<int> Execute(ResiliencePipeline<int> pipeline, string request, string? key = null)
    {
        var context = ResilienceContextPool.Shared.Get();
        context.Properties.Set(DependencyChaos.RequestId, request);
        if (key is not null)
        {
            context.Properties.Set(DependencyChaos.FaultKey, key);
        }

        try
        {
            return await pipeline.ExecuteAsync(static _ => ValueTask.FromResult(42), context);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static PlannedFault Planned(string kind, double share, params (string Name, string Value)[] with) => new(
        0,
        new Fault
        {
            Id = kind + "-1",
            Kind = kind,
            At = TimeSpan.Zero,
            For = TimeSpan.FromSeconds(10),
            Share = new Share(share),
            With = with.ToDictionary(pair => pair.Name, pair => pair.Value),
        },
        0, Nanos.FromSeconds(10));
}
