using ChaosBench.Chaos;
using ChaosBench.Chaos.Injectors;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;
using Polly;
using Polly.Timeout;

namespace ChaosBench.Tests.Chaos.Injectors;

/// <summary>Faults on what a dependency answers, and on whether it does.</summary>
public sealed class AnswerFaultTests
{
    private readonly Announcements _said = new();

    [Fact]
    public async Task Timeout_Active_OnlyTheServersLimitEndsTheLookup()
    {
        var (time, chaos) = (new FakeTime(), new DependencyChaos("context-store", 1, _said));
        var fault = Planned("dependency.timeout");
        await new DependencyTimeout(fault, [chaos]).ApplyAsync(default);
        var builder = new ResiliencePipelineBuilder<string> { TimeProvider = time };
        builder.AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromHours(1) });
        chaos.AddTo(builder, json => json);

        var lookup = AskAsync(builder.Build(), "r1", "a", "fresh");
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(lookup.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(2));

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => lookup);
        Assert.Equal(["r1"], _said.KeysOf(fault, UnitEvent.Applied));
    }

    [Fact]
    public async Task Stale_KeyAskedBefore_GetsItsFirstAnswerAndNewKeysAreBypassed()
    {
        var chaos = new DependencyChaos("context-store", 1, _said) { KeepsAnswers = true };
        var pipeline = Build(chaos);
        await AskAsync(pipeline, "r1", "a", "old");
        await AskAsync(pipeline, "r2", "a", "newer");
        var fault = Planned("dependency.stale_answer");
        var injector = new StaleAnswer(fault, [chaos]);

        await injector.ApplyAsync(default);

        Assert.Equal("old", await AskAsync(pipeline, "r3", "a", "newest"));
        Assert.Equal("fresh", await AskAsync(pipeline, "r4", "b", "fresh"));
        Assert.Equal("spared", await AskAsync(pipeline, "", "a", "spared"));
        Assert.Equal(["r3"], _said.KeysOf(fault, UnitEvent.Applied));
        Assert.Equal(["r4"], _said.KeysOf(fault, UnitEvent.Bypassed));
        await injector.ClearAsync(default);
        Assert.Equal("newest", await AskAsync(pipeline, "r5", "a", "newest"));
    }

    [Fact]
    public async Task Poisoned_ByRecord_HitsTheSameRecordsWhoeverAsks()
    {
        var chaos = new DependencyChaos("context-store", 1, _said);
        var pipeline = Build(chaos);
        await new PoisonedAnswer(Planned("model.poisoned_context", 0.5), [chaos]).ApplyAsync(default);

        var first = await VictimsAsync("x");

        Assert.InRange(first.Count, 20, 80);
        Assert.Equal(first, await VictimsAsync("y"));

        async Task<List<int>> VictimsAsync(string asker)
        {
            var hit = new List<int>();
            for (var record = 0; record < 100; record++)
            {
                if (await AskAsync(pipeline, $"{asker}{record}", $"record-{record}", "clean") != "clean")
                {
                    hit.Add(record);
                }
            }

            return hit;
        }
    }

    [Fact]
    public async Task Poisoned_ByRequest_HitsByTheKeyOfTheRequest()
    {
        var chaos = new DependencyChaos("context-store", 1, _said);
        var pipeline = Build(chaos);
        var fault = Planned("dependency.poisoned_answer", 0.5);
        await new PoisonedAnswer(fault, [chaos]).ApplyAsync(default);

        for (var request = 0; request < 100; request++)
        {
            await AskAsync(pipeline, $"r{request}", "the-same", "clean");
        }

        Assert.Equal(
            Enumerable.Range(0, 100).Select(request => $"r{request}").Where(request => KeyedHash.Coin(1, fault.Fault.Id, request, 0.5)).Order(StringComparer.Ordinal),
            _said.KeysOf(fault, UnitEvent.Applied).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Draw_Normal_MeetsItsMeanAndDeviation()
    {
        var latency = LatencyDistribution.Of(Planned("dependency.latency").Fault with
        {
            With = new Dictionary<string, string> { ["mean"] = "0.1", ["deviation"] = "0.02" },
        });

        var drawn = Enumerable.Range(0, 4000).Select(at => latency.Draw(1, "f", $"k{at}").TotalSeconds).ToList();

        Assert.InRange(drawn.Average(), 0.098, 0.102);
        Assert.InRange(Math.Sqrt(drawn.Average(one => (one - 0.1) * (one - 0.1))), 0.018, 0.022);
        Assert.All(drawn, one => Assert.True(one >= 0));
    }

    private static ResiliencePipeline<string> Build(DependencyChaos chaos)
    {
        var builder = new ResiliencePipelineBuilder<string>();
        chaos.AddTo(builder, json => json);
        return builder.Build();
    }

    private static async Task<string> AskAsync(ResiliencePipeline<string> pipeline, string request, string record, string answer)
    {
        var context = ResilienceContextPool.Shared.Get(request);
        context.Properties.Set(DependencyChaos.RequestId, request);
        context.Properties.Set(DependencyChaos.FaultKey, request);
        context.Properties.Set(DependencyChaos.RecordKey, record);
        try
        {
            return await pipeline.ExecuteAsync(static (_, said) => ValueTask.FromResult(said), context, answer);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static PlannedFault Planned(string kind, double share = 1) => new(
        0, new Fault { Id = kind + "-1", Kind = kind, At = TimeSpan.Zero, For = TimeSpan.FromSeconds(1), Share = new(share) }, 0, Nanos.PerSecond);
}
