using ChaosBench.Server.Dependencies;
using ChaosBench.Tests.Support;
using Polly;
using Polly.Simmy;
using Polly.Simmy.Latency;

namespace ChaosBench.Tests.Server.Dependencies;

public class DependencyPipelineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    private readonly FakeTime _time = new();
    private readonly EventLog _events = new();

    [Fact]
    public async Task CallAsync_QuickAnswer_IsPassedOn()
    {
        var reply = await Pipeline(fallback: "fallback").CallAsync("r1", _ => ValueTask.FromResult("answer"), default);

        Assert.Equal(new DependencyReply<string>(DependencyStatus.Answered, "answer", null), reply);
        Assert.Empty(_events.All);
    }

    [Fact]
    public async Task CallAsync_TooSlowWithFallback_FallsBackAtTheTimeout()
    {
        var call = Pipeline(fallback: "fallback").CallAsync("r1", NeverAsync, default).AsTask();
        _time.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var reply = await call.WaitAsync(FakeModel.Patience);

        Assert.Equal((DependencyStatus.FellBack, "fallback"), (reply.Status, reply.Value));
        Assert.Equal(["dependency-timeout", "dependency-fallback"], _events.Kinds);
        Assert.All(_events.All, happened => Assert.Equal("r1", happened.RequestId));
        Assert.Contains("store did not answer within 250 ms", _events.All[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallAsync_TooSlowWithoutFallback_Fails()
    {
        var call = Pipeline(fallback: null).CallAsync("r1", NeverAsync, default).AsTask();
        _time.Advance(Limit);

        var reply = await call.WaitAsync(FakeModel.Patience);

        Assert.Equal((DependencyStatus.Failed, "store did not answer within 250 ms"), (reply.Status, reply.Reason));
        Assert.Equal(["dependency-timeout"], _events.Kinds);
    }

    [Theory]
    [InlineData("fallback", DependencyStatus.FellBack)]
    [InlineData(null, DependencyStatus.Failed)]
    public async Task CallAsync_Error_IsAnnouncedWithoutItsMessage(string? fallback, DependencyStatus expected)
    {
        var reply = await Pipeline(fallback).CallAsync("r1", _ => throw new InvalidOperationException("row of a customer"), default);

        Assert.Equal(expected, reply.Status);
        Assert.Equal("dependency-error", _events.Kinds[0]);
        Assert.All(_events.All, happened => Assert.DoesNotContain("customer", happened.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task CallAsync_CancelledByTheCaller_ThrowsAndIsNobodysFailure()
    {
        using var cancellation = new CancellationTokenSource();
        var call = Pipeline(fallback: "fallback").CallAsync("r1", NeverAsync, cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(FakeModel.Patience));
        Assert.Empty(_events.All);
    }

    [Fact]
    public async Task CallAsync_Innermost_KnowsTheRequestAndTheDependency()
    {
        var seen = new List<(string, string)>();
        var pipeline = Pipeline("fallback", inner => inner.AddChaosLatency(new ChaosLatencyStrategyOptions
        {
            InjectionRate = 1,
            EnabledGenerator = arguments =>
            {
                var properties = arguments.Context.Properties;
                seen.Add((
                    properties.GetValue(new ResiliencePropertyKey<string>("request.id"), ""),
                    properties.GetValue(new ResiliencePropertyKey<string>("dependency.name"), "")));
                return ValueTask.FromResult(false);
            },
        }));

        await pipeline.CallAsync("r9", _ => ValueTask.FromResult("answer"), default);

        Assert.Equal([("r9", "store")], seen);
    }

    [Theory]
    [InlineData(100, DependencyStatus.Answered)]
    [InlineData(249, DependencyStatus.Answered)]
    [InlineData(900, DependencyStatus.FellBack)]
    public async Task CallAsync_InjectedLatency_RunsOnOurClockAndUnderTheTimeout(int milliseconds, DependencyStatus expected)
    {
        var pipeline = Pipeline("fallback", inner => inner.AddChaosLatency(new ChaosLatencyStrategyOptions
        {
            InjectionRate = 1,
            Randomizer = () => 0,
            Latency = TimeSpan.FromMilliseconds(milliseconds),
        }));

        var call = pipeline.CallAsync("r1", _ => ValueTask.FromResult("answer"), default).AsTask();
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(expected, (await call.WaitAsync(FakeModel.Patience)).Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(3_600_001)]
    public void Constructor_TimeoutOutOfRange_SaysTheRange(int milliseconds)
    {
        var options = new DependencyOptions<string> { Name = "store", Timeout = TimeSpan.FromMilliseconds(milliseconds) };

        var problem = Assert.Throws<ArgumentOutOfRangeException>(() => new DependencyPipeline<string>(options, _time, _events.Add));
        Assert.Contains("10 ms to 1 h", problem.Message, StringComparison.Ordinal);
    }

    private DependencyPipeline<string> Pipeline(string? fallback, Action<ResiliencePipelineBuilder<string>>? innermost = null) => new(
        new DependencyOptions<string>
        {
            Name = "store", Timeout = Limit, Fallback = fallback is null ? null : () => fallback, Innermost = innermost,
        },
        _time, _events.Add);

    private async ValueTask<string> NeverAsync(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellation);
        return "never";
    }
}
