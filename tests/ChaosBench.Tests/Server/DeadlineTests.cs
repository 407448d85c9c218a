using ChaosBench.Server;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server;

/// <summary>Requests that run out of time, on a clock that only the test moves.</summary>
public class DeadlineTests
{
    private static readonly ServerOptions Options = FakeModel.Options with
    {
        Replicas = 1, MaxBatch = 1, RequestTimeout = TimeSpan.FromSeconds(60),
    };

    private readonly FakeModel _model = new();
    private readonly FakeTime _time = new();

    [Fact]
    public async Task GenerateAsync_TimeOverInTheQueue_NeverReachesAReplica()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var events = new EventLog(server);
        var running = server.GenerateAsync(FakeModel.Request("runs"), new ListSink(), default);
        var call = await _model.NextCallAsync();
        var waiting = server.GenerateAsync(Within("waits", 500), new ListSink(), default);

        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var late = await waiting.WaitAsync(FakeModel.Patience);
        call.Complete();
        await running;
        var after = server.GenerateAsync(FakeModel.Request("after"), new ListSink(), default);
        var next = await _model.NextCallAsync();
        next.Complete();
        await after;

        Assert.Equal((GenerationStatus.DeadlineExceeded, "deadline_exceeded"), (late.Status, late.ErrorCode));
        Assert.Contains("500 ms without being started", late.Error, StringComparison.Ordinal);
        Assert.Equal("after", next.Request.RequestId);
        Assert.Equal(0, server.Waiting);
        Assert.Equal(("deadline-exceeded", "waits"), (events.Kinds.Single(), events.All[0].RequestId));
    }

    [Fact]
    public async Task GenerateAsync_TimeOverMidStream_FreesThePlaceAtOnceAndSaysHowFarItCame()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var sink = new ListSink();
        var generation = server.GenerateAsync(Within("slow", 1_000), sink, default);
        var call = await _model.NextCallAsync();
        call.Token("a");
        call.Token("b");
        var waiting = server.GenerateAsync(FakeModel.Request("next"), new ListSink(), default);

        _time.Advance(TimeSpan.FromSeconds(1));
        var late = await generation.WaitAsync(FakeModel.Patience);
        (await _model.NextCallAsync()).Complete();

        Assert.Equal((GenerationStatus.DeadlineExceeded, "ab", 2, null), (late.Status, late.Text, late.CompletionTokens, late.FinishReason));
        Assert.Contains("1000 ms was over after 2 tokens", late.Error, StringComparison.Ordinal);
        Assert.Equal(GenerationStatus.Completed, (await waiting).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3_600_000)]
    public async Task GenerateAsync_NoTimeoutOrALongerOne_HasTheServersLimit(int? milliseconds)
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var generation = server.GenerateAsync(Within("r", milliseconds), new ListSink(), default);
        await _model.NextCallAsync();

        _time.Advance(TimeSpan.FromSeconds(59.9));
        Assert.False(generation.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(GenerationStatus.DeadlineExceeded, (await generation.WaitAsync(FakeModel.Patience)).Status);
    }

    [Fact]
    public async Task GenerateAsync_CallerLeavesAfterTheDeadlineIsSet_IsCancelledAndNotLate()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var events = new EventLog(server);
        using var cancellation = new CancellationTokenSource();
        var generation = server.GenerateAsync(Within("r", 1_000), new ListSink(), cancellation.Token);
        await _model.NextCallAsync();

        await cancellation.CancelAsync();

        Assert.Equal(GenerationStatus.Cancelled, (await generation).Status);
        Assert.Empty(events.All);
    }

    [Fact]
    public async Task GenerateAsync_CallerLeavesTheQueue_NeverReachesAReplica()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var running = server.GenerateAsync(FakeModel.Request("runs"), new ListSink(), default);
        var call = await _model.NextCallAsync();
        using var cancellation = new CancellationTokenSource();
        var gone = server.GenerateAsync(FakeModel.Request("gone"), new ListSink(), cancellation.Token);
        var waiting = server.GenerateAsync(FakeModel.Request("waits"), new ListSink(), default);

        await cancellation.CancelAsync();
        Assert.Equal(GenerationStatus.Cancelled, (await gone).Status);
        call.Complete();
        var next = await _model.NextCallAsync();
        next.Complete();

        Assert.Equal("waits", next.Request.RequestId);
        await Task.WhenAll(running, waiting);
    }

    [Fact]
    public async Task GenerateAsync_NoTimeAtAll_IsABadRequest()
    {
        await using var server = await _model.ServeAsync(Options, _time);

        var result = await server.GenerateAsync(Within("r", 0), new ListSink(), default);

        Assert.Equal(GenerationStatus.BadRequest, result.Status);
        Assert.Contains("timeout", result.Error, StringComparison.Ordinal);
    }

    private static GenerationRequest Within(string id, int? milliseconds) =>
        FakeModel.Request(id) with { Timeout = milliseconds is { } wait ? TimeSpan.FromMilliseconds(wait) : null };
}
