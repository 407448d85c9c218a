using ChaosBench.Chaos;
using ChaosBench.Chaos.Client;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.Clients;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;
using ScenarioPlans = ChaosBench.Tests.Scenarios.Planning.Plans;

namespace ChaosBench.Tests.Engine.Targets.Clients;

public sealed class PolicyTargetTests : IDisposable
{
    private static readonly Arrival Arrival = ScenarioPlans.Create(ScenarioPlans.Scenario()).Arrivals[0];
    private readonly Announcements _said = new();
    private readonly FakeTime _time = new();
    private readonly ScriptedTarget _inner = new();
    private readonly Heard _heard = new();

    public void Dispose() => _inner.DisposeAsync().AsTask().Wait();

    [Fact]
    public async Task Send_FailsTwiceThenAnswers_IsOneRequestThatCompleted()
    {
        _inner.Plays.Enqueue((_, _) => Ended(Outcome.ConnectError));
        _inner.Plays.Enqueue((_, _) => Ended(Outcome.Overloaded));

        var response = await FinishAsync(new ClientPolicy { Retries = 2 });

        Assert.Equal(Outcome.Completed, response.Outcome);
        Assert.Equal((3, 1, 1), (_inner.Calls, _heard.SentTimes, _heard.TokenCount));
    }

    [Fact]
    public async Task Send_AlwaysFails_StopsAtItsRetries()
    {
        for (var at = 0; at < 5; at++)
        {
            _inner.Plays.Enqueue((_, _) => Ended(Outcome.Reset));
        }

        Assert.Equal(Outcome.Reset, (await FinishAsync(new ClientPolicy { Retries = 1 })).Outcome);
        Assert.Equal(2, _inner.Calls);
    }

    [Fact]
    public async Task Send_HasStreamed_IsNeverRepeated()
    {
        _inner.Plays.Enqueue((sink, _) =>
        {
            sink.Tokens(1);
            return Ended(Outcome.Truncated);
        });

        Assert.Equal(Outcome.Truncated, (await FinishAsync(new ClientPolicy())).Outcome);
        Assert.Equal(1, _inner.Calls);
    }

    [Fact]
    public async Task Send_RetryAfter_IsWaitedFor()
    {
        _inner.Plays.Enqueue((_, _) => Task.FromResult(new Response { Outcome = Outcome.Overloaded, Status = 429, RetryAfterSeconds = 5 }));
        var sending = Create(new ClientPolicy { Backoff = TimeSpan.FromMilliseconds(10) }).SendAsync(Arrival, _heard, default);

        await Eventually.HoldsAsync(() => _inner.Calls == 1);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, _inner.Calls);

        await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(50), () => sending.IsCompleted);
        Assert.Equal(Outcome.Completed, (await sending).Outcome);
    }

    [Fact]
    public async Task Send_AttemptHangs_TimesOutAndIsTriedAgain()
    {
        _inner.Plays.Enqueue(HangAsync);

        Assert.Equal(Outcome.Completed, (await FinishAsync(new ClientPolicy { Retries = 1, AttemptTimeout = TimeSpan.FromSeconds(1) })).Outcome);
        Assert.Equal(2, _inner.Calls);
    }

    [Fact]
    public async Task Send_FirstIsSilent_TheHedgeAnswersAndTheFirstIsCancelled()
    {
        _inner.Plays.Enqueue(HangAsync);

        var response = await FinishAsync(new ClientPolicy { Retries = 0, HedgeAfter = TimeSpan.FromMilliseconds(100) });

        Assert.Equal(Outcome.Completed, response.Outcome);
        Assert.Equal((2, 1, 1), (_inner.Calls, _heard.SentTimes, _heard.TokenCount));
        Assert.Equal(1, _inner.Cancelled);
    }

    [Fact]
    public async Task Send_CallerGivesUpWhileItWaits_IsCancelled()
    {
        _inner.Plays.Enqueue((_, _) => Ended(Outcome.Reset));
        using var stop = new CancellationTokenSource();
        var sending = Create(new ClientPolicy()).SendAsync(Arrival, _heard, stop.Token);
        await Eventually.HoldsAsync(() => _inner.Calls == 1);

        await stop.CancelAsync();

        Assert.Equal(Outcome.Cancelled, (await sending.WaitAsync(Eventually.Patience)).Outcome);
    }

    [Theory]
    [InlineData("client.connect_error", 0)]
    [InlineData("client.status", 0)]
    [InlineData("client.lost_reply", 1)]
    public async Task Send_FaultOnEveryAttempt_FailsAsItSaysAndTellsEachAttempt(string kind, int served)
    {
        var fault = new PlannedFault(
            0, new Fault { Id = "f", Kind = kind, At = TimeSpan.Zero, For = TimeSpan.FromSeconds(1), With = new Dictionary<string, string>() }, 0, Nanos.PerSecond);
        var chaos = new ClientChaos(1, _said);
        var injector = InjectorFactory.Create(fault, 1, [new TargetControls("stable", null, []) { Client = chaos }], _said);
        await injector.ApplyAsync(default);

        var response = await FinishAsync(new ClientPolicy { Retries = 2 }, chaos);

        Assert.NotEqual(Outcome.Completed, response.Outcome);
        Assert.Equal((3, served * 3, 0), (_said.KeysOf(fault, UnitEvent.Applied).Count, _inner.Calls, _heard.TokenCount));
        await injector.ClearAsync(default);
        Assert.Equal(Outcome.Completed, (await FinishAsync(new ClientPolicy(), chaos)).Outcome);
    }

    [Fact]
    public void Create_WithoutAPolicy_IsRefusedWithTheReason()
    {
        var fault = new PlannedFault(0, new Fault { Id = "f", Kind = "client.latency", At = TimeSpan.Zero, For = TimeSpan.FromSeconds(1) }, 0, Nanos.PerSecond);

        Assert.Contains("no clientPolicy", Assert.Throws<FaultRefusedException>(
            () => InjectorFactory.Create(fault, 1, [new TargetControls("stable", null, [])], _said)).Message, StringComparison.Ordinal);
    }

    private static async Task<Response> HangAsync(IResponseSink sink, CancellationToken cancellation)
    {
        sink.Sent();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
        return new Response { Outcome = Outcome.Cancelled };
    }

    private static Task<Response> Ended(Outcome outcome) => Task.FromResult(new Response { Outcome = outcome });

    private PolicyTarget Create(ClientPolicy policy, ClientChaos? chaos = null) => new(_inner, policy, chaos ?? new ClientChaos(1, _said), _time);

    private async Task<Response> FinishAsync(ClientPolicy policy, ClientChaos? chaos = null)
    {
        var sending = Create(policy, chaos).SendAsync(Arrival, _heard, default);
        await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(20), () => sending.IsCompleted);
        return await sending;
    }

    private sealed class Heard : IResponseSink
    {
        public int SentTimes { get; private set; }

        public int TokenCount { get; private set; }

        public void Sent() => SentTimes++;

        public void Tokens(int tokens) => TokenCount += tokens;
    }

    /// <summary>Plays what is queued, then answers.</summary>
    private sealed class ScriptedTarget : ITarget
    {
        private int _calls;
        private int _cancelled;

        public Queue<Func<IResponseSink, CancellationToken, Task<Response>>> Plays { get; } = new();

        public int Calls => Volatile.Read(ref _calls);

        public int Cancelled => Volatile.Read(ref _cancelled);

        public string Name => "scripted";

        public Task<TargetIdentity> StartAsync(CancellationToken cancellation) => throw new NotSupportedException();

        public async Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _calls);
            if (Plays.TryDequeue(out var play))
            {
                sink.Sent();
                var response = await play(sink, cancellation);
                if (cancellation.IsCancellationRequested)
                {
                    Interlocked.Increment(ref _cancelled);
                }

                return response;
            }

            sink.Sent();
            sink.Tokens(1);
            return new Response { Outcome = Outcome.Completed };
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
