using ChaosBench.Chaos;
using ChaosBench.Server;
using ChaosBench.Server.Dependencies;
using ChaosBench.Tests.Support;
using Polly.Simmy;
using Polly.Simmy.Behavior;

namespace ChaosBench.Tests.Server.Dependencies;

public class ContextStoreTests
{
    private readonly FakeTime _time = new();
    private readonly FakeModel _model = new() { Script = ["ok"] };

    [Fact]
    public async Task FindAsync_Memory_AnswersAfterItsHonestLatency()
    {
        var store = new ContextStore(new ContextStoreOptions(), _time, _ => { });

        var call = store.FindAsync("r1", ContextStore.KeyOf("who asks"), default).AsTask();
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var reply = await call.WaitAsync(FakeModel.Patience);
        Assert.Equal(DependencyStatus.Answered, reply.Status);
        Assert.Equal(ContextStore.KeyOf("who asks"), reply.Value!.Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("\0\uD800 lone")]
    public void KeyOf_AnyText_IsSixteenHexDigits(string asker) => Assert.Matches("^[0-9a-f]{16}$", ContextStore.KeyOf(asker));

    [Fact]
    public void KeyOf_LoneSurrogates_DoNotCollide() => Assert.NotEqual(ContextStore.KeyOf("\uD800"), ContextStore.KeyOf("\uD801"));

    [Theory]
    [InlineData(null, "r1")]
    [InlineData("tickets-000017", "tickets-000017")]
    [InlineData("", "")]
    public async Task GenerateAsync_FaultKey_ReachesTheStrategiesAroundTheLookup(string? key, string expected)
    {
        string? seen = null;
        await using var server = await _model.ServeAsync(
            new ServerOptions
            {
                Model = "fake",
                ContextStore = new ContextStoreOptions
                {
                    Latency = TimeSpan.Zero,
                    Innermost = builder => builder.AddChaosBehavior(new ChaosBehaviorStrategyOptions
                    {
                        InjectionRate = 1,
                        BehaviorGenerator = arguments =>
                        {
                            seen = arguments.Context.Properties.GetValue(DependencyChaos.FaultKey, "not set");
                            return default;
                        },
                    }),
                },
            },
            _time);
        var request = FakeModel.Request("r1");

        await server.GenerateAsync(key is null ? request : request with { FaultKey = key }, new ListSink(), default);

        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task GenerateAsync_StoreDownWithFallback_ServesDegraded()
    {
        await using var server = await _model.ServeAsync(Broken(fallback: true), _time);
        var events = new EventLog(server);

        var result = await server.GenerateAsync(FakeModel.Request("r3"), new ListSink(), default);

        Assert.Equal((GenerationStatus.Completed, true), (result.Status, result.Degraded));
        Assert.Equal(["dependency-error", "dependency-fallback"], events.Kinds);
        Assert.All(events.All, happened => Assert.Equal("r3", happened.RequestId));
    }

    [Fact]
    public async Task GenerateAsync_StoreDownWithoutFallback_IsUnavailableAndFreesItsPlace()
    {
        await using var server = await _model.ServeAsync(Broken(fallback: false), _time);

        var result = await server.GenerateAsync(FakeModel.Request(), new ListSink(), default);

        Assert.Equal((GenerationStatus.Failed, "dependency_unavailable"), (result.Status, result.ErrorCode));
        Assert.Equal(0, server.Waiting);
    }

    [Fact]
    public async Task GenerateAsync_StoreAnswers_IsNotDegraded()
    {
        var options = FakeModel.Options with { ContextStore = new ContextStoreOptions { Latency = TimeSpan.Zero } };
        await using var server = await _model.ServeAsync(options, _time);

        Assert.False((await server.GenerateAsync(FakeModel.Request(), new ListSink(), default)).Degraded);
    }

    [Fact]
    public async Task GenerateAsync_SlowStore_HoldsItsPlaceInTheQueue()
    {
        var options = FakeModel.Options with { Replicas = 1, MaxBatch = 1, QueueLimit = 1, ContextStore = new ContextStoreOptions { Latency = TimeSpan.FromMilliseconds(100) } };
        await using var server = await _model.ServeAsync(options, _time);
        var waiting = new[] { server.GenerateAsync(FakeModel.Request(), new ListSink(), default), server.GenerateAsync(FakeModel.Request(), new ListSink(), default) };

        Assert.Equal(GenerationStatus.Overloaded, (await server.GenerateAsync(FakeModel.Request(), new ListSink(), default)).Status);

        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.All(await Task.WhenAll(waiting).WaitAsync(FakeModel.Patience), result => Assert.Equal(GenerationStatus.Completed, result.Status));
    }

    private static ServerOptions Broken(bool fallback) => FakeModel.Options with
    {
        ContextStore = new ContextStoreOptions
        {
            Latency = TimeSpan.Zero,
            Fallback = fallback,
            Innermost = inner => inner.AddChaosFault(1, () => new IOException("store down")),
        },
    };
}
