using ChaosBench.Server;
using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server;

public class ModelServerTests
{
    private readonly FakeModel _model = new();

    [Fact]
    public async Task GenerateAsync_Streamed_PassesEveryPieceOn()
    {
        _model.Script = ["a", "", "b"];
        await using var server = await _model.ServeAsync();
        var sink = new ListSink();

        var result = await server.GenerateAsync(FakeModel.Request(), sink, default);

        Assert.Equal(GenerationStatus.Completed, result.Status);
        Assert.Equal([(1, "a"), (1, ""), (1, "b")], sink.Heard);
        Assert.Equal(("ab", 3, 5, 0), (result.Text, result.CompletionTokens, result.PromptTokens, result.Replica));
    }

    [Fact]
    public async Task GenerateAsync_NotStreamed_TellsTheSinkOnce()
    {
        _model.Script = ["a", "b"];
        await using var server = await _model.ServeAsync();
        var sink = new ListSink();

        await server.GenerateAsync(FakeModel.Request(stream: false), sink, default);

        Assert.Equal([(2, "ab")], sink.Heard);
    }

    [Fact]
    public async Task KillReplica_BeforeTheFirstToken_FailsOver()
    {
        await using var server = await _model.ServeAsync();
        var events = new EventLog(server);
        var generation = server.GenerateAsync(FakeModel.Request("r7"), new ListSink(), default);
        var first = await _model.NextCallAsync();

        await server.KillReplicaAsync(first.Replica.Index, default);
        var second = await _model.NextCallAsync();
        second.Token("x");
        second.Complete();
        var result = await generation;

        Assert.Equal((GenerationStatus.Completed, 1, "x"), (result.Status, result.Replica, result.Text));
        Assert.Equal(["replica-lost", "ejected", "failed-over"], events.Kinds);
        Assert.Equal("r7", events.All[2].RequestId);
        Assert.Equal([false, true], server.Replicas.Select(replica => replica.InRotation));
    }

    [Fact]
    public async Task KillReplica_MidStream_FailsAndIsNotStartedAnew()
    {
        await using var server = await _model.ServeAsync();
        var events = new EventLog(server);
        var sink = new ListSink();
        var generation = server.GenerateAsync(FakeModel.Request(), sink, default);
        var call = await _model.NextCallAsync();
        call.Token("half");

        await server.KillReplicaAsync(call.Replica.Index, default);
        var result = await generation;

        Assert.Equal((GenerationStatus.Failed, "replica lost mid-stream"), (result.Status, result.Error));
        Assert.Equal("half", result.Text);
        Assert.DoesNotContain("failed-over", events.Kinds);
    }

    [Fact]
    public async Task KillReplica_NotStreamed_StartsAnewWithoutAnyoneSeeing()
    {
        await using var server = await _model.ServeAsync();
        var sink = new ListSink();
        var generation = server.GenerateAsync(FakeModel.Request(stream: false), sink, default);
        var first = await _model.NextCallAsync();
        first.Token("half");

        await server.KillReplicaAsync(first.Replica.Index, default);
        var second = await _model.NextCallAsync();
        second.Token("whole");
        second.Complete();
        await generation;

        Assert.Equal([(1, "whole")], sink.Heard);
    }

    [Fact]
    public async Task KillReplica_AllOfThem_IsUnavailable()
    {
        await using var server = await _model.ServeAsync();
        var generation = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        await server.KillReplicaAsync((await _model.NextCallAsync()).Replica.Index, default);
        await server.KillReplicaAsync((await _model.NextCallAsync()).Replica.Index, default);

        var result = await generation;

        Assert.Equal((GenerationStatus.Failed, "unavailable"), (result.Status, result.ErrorCode));
        Assert.Equal("unavailable", (await server.GenerateAsync(FakeModel.Request(), new ListSink(), default)).ErrorCode);
    }

    [Fact]
    public async Task KillReplica_RequestThatKillsEveryReplica_IsGivenUp()
    {
        await using var server = await _model.ServeAsync(FakeModel.Options with { Replicas = 5 });
        var generation = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await server.KillReplicaAsync((await _model.NextCallAsync()).Replica.Index, default);
        }

        Assert.Equal("replica_lost", (await generation).ErrorCode);
        Assert.Equal(2, server.Replicas.Count(replica => replica.InRotation));
    }

    [Fact]
    public async Task KillReplica_IdleReplica_IsFoundByTheProbe()
    {
        var time = new FakeTime();
        await using var server = await _model.ServeAsync(time: time);
        var lost = new TaskCompletionSource<ServerEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.OnEvent += happened => lost.TrySetResult(happened);

        await server.KillReplicaAsync(1, default);
        Assert.True(server.Replicas[1].InRotation);
        time.Advance(FakeModel.Options.ProbeInterval);

        Assert.Equal(("replica-lost", (int?)1), await lost.Task.WaitAsync(FakeModel.Patience) is var seen ? (seen.Kind, seen.Replica) : default);
    }

    [Fact]
    public async Task RestartReplica_AfterAKill_ServesAgain()
    {
        await using var server = await _model.ServeAsync(FakeModel.Options with { Replicas = 1 });
        await server.KillReplicaAsync(0, default);
        var events = new EventLog(server);

        await server.RestartReplicaAsync(0, default);

        Assert.Equal(["replica-lost", "ejected", "replica-ready", "readmitted"], events.Kinds);
        Assert.Equal((ReplicaState.Ready, true), (server.Replicas[0].State, server.Replicas[0].InRotation));
        _model.Script = ["ok"];
        Assert.Equal("ok", (await server.GenerateAsync(FakeModel.Request(), new ListSink(), default)).Text);
    }

    [Fact]
    public async Task RestartReplica_ThatServes_DoesNothing()
    {
        await using var server = await _model.ServeAsync();

        await server.RestartReplicaAsync(0, default);

        Assert.Equal(2, _model.Lives.Count);
    }

    [Fact]
    public async Task RestartReplica_WhileRequestsWait_ServesThem()
    {
        await using var server = await _model.ServeAsync(FakeModel.Options with { Replicas = 1 });
        await server.KillReplicaAsync(0, default);
        var gate = new TaskCompletionSource();
        _model.StartGate = gate.Task;
        var restart = server.RestartReplicaAsync(0, default);
        var generation = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        Assert.False(generation.IsCompleted);

        gate.SetResult();
        await restart;
        (await _model.NextCallAsync()).Complete();

        Assert.Equal(GenerationStatus.Completed, (await generation).Status);
    }

    [Fact]
    public async Task RestartReplica_ThatCannotStart_ThrowsAndLeavesTheOthersServing()
    {
        _model.Script = ["ok"];
        await using var server = await _model.ServeAsync();
        await server.KillReplicaAsync(0, default);
        _model.StartFailure = new ModelLoadException("model.onnx", "is gone");

        await Assert.ThrowsAsync<ModelLoadException>(() => server.RestartReplicaAsync(0, default));

        Assert.Equal(1, (await server.GenerateAsync(FakeModel.Request(), new ListSink(), default)).Replica);
    }

    [Fact]
    public async Task StartAsync_ReplicaThatCannotStart_Throws()
    {
        _model.StartFailure = new ModelLoadException("model.onnx", "is truncated");

        await Assert.ThrowsAsync<ModelLoadException>(() => _model.ServeAsync());
        Assert.All(_model.Lives, life => Assert.Equal(ReplicaState.Stopped, life.State));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public async Task KillReplica_Unknown_NamesTheRange(int replica)
    {
        await using var server = await _model.ServeAsync();

        var problem = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => server.KillReplicaAsync(replica, default));
        Assert.Contains("replicas 0 to 1", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateAsync_QueueFull_IsOverloadedAndSaysWhenToTryAgain()
    {
        await using var server = await _model.ServeAsync(FakeModel.Options with { Replicas = 1, MaxBatch = 1, QueueLimit = 1 });
        var events = new EventLog(server);
        var running = server.GenerateAsync(FakeModel.Request("r1"), new ListSink(), default);
        var waiting = server.GenerateAsync(FakeModel.Request("r2"), new ListSink(), default);

        var turnedAway = await server.GenerateAsync(FakeModel.Request("r3"), new ListSink(), default);

        Assert.Equal((GenerationStatus.Overloaded, "queue_full"), (turnedAway.Status, turnedAway.ErrorCode));
        Assert.InRange(turnedAway.RetryAfterSeconds!.Value, 1, 60);
        Assert.Equal([new ServerEvent("queue-full", RequestId: "r3")], events.All);
        (await _model.NextCallAsync()).Complete();
        (await _model.NextCallAsync()).Complete();
        Assert.All([await running, await waiting], result => Assert.Equal(GenerationStatus.Completed, result.Status));
    }

    [Fact]
    public async Task GenerateAsync_CancelledInTheQueue_IsCancelled()
    {
        await using var server = await _model.ServeAsync(FakeModel.Options with { Replicas = 1, MaxBatch = 1 });
        var running = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        using var cancellation = new CancellationTokenSource();
        var waiting = server.GenerateAsync(FakeModel.Request(), new ListSink(), cancellation.Token);

        await cancellation.CancelAsync();

        Assert.Equal(GenerationStatus.Cancelled, (await waiting).Status);
        (await _model.NextCallAsync()).Complete();
        await running;
        Assert.Equal(0, server.Waiting);
    }

    [Fact]
    public async Task DisposeAsync_WithRequestsUnderWay_EndsThemAsUnavailable()
    {
        var server = await _model.ServeAsync(FakeModel.Options with { Replicas = 1, MaxBatch = 1 });
        var waiting = new List<Task<GenerationResult>>();
        for (var request = 0; request < 3; request++)
        {
            waiting.Add(server.GenerateAsync(FakeModel.Request(), new ListSink(), default));
        }

        await server.DisposeAsync();

        foreach (var request in waiting)
        {
            Assert.NotEqual(GenerationStatus.Completed, (await request.WaitAsync(FakeModel.Patience)).Status);
        }

        Assert.Equal("unavailable", (await server.GenerateAsync(FakeModel.Request(), new ListSink(), default)).ErrorCode);
    }

    [Theory]
    [InlineData(63, GenerationStatus.Completed)]
    [InlineData(64, GenerationStatus.BadRequest)]
    [InlineData(100_000, GenerationStatus.BadRequest)]
    public async Task GenerateAsync_LongPrompt_NeedsRoomForOneToken(int length, GenerationStatus expected)
    {
        _model.Script = ["x"];
        await using var server = await _model.ServeAsync();

        var result = await server.GenerateAsync(FakeModel.Request(text: new string('a', length)), new ListSink(), default);

        Assert.Equal(expected, result.Status);
        Assert.Equal(expected == GenerationStatus.BadRequest ? "context_length_exceeded" : null, result.ErrorCode);
    }

    public static TheoryData<string, GenerationRequest> OutOfRange => new()
    {
        { "temperature", FakeModel.Request() with { Temperature = double.NaN } },
        { "temperature", FakeModel.Request() with { Temperature = -0.1 } },
        { "temperature", FakeModel.Request() with { Temperature = double.PositiveInfinity } },
        { "top_p", FakeModel.Request() with { TopP = 0 } },
        { "top_p", FakeModel.Request() with { TopP = 1.01 } },
        { "top_k", FakeModel.Request() with { TopK = -2 } },
        { "presence_penalty", FakeModel.Request() with { PresencePenalty = 2.1 } },
        { "frequency_penalty", FakeModel.Request() with { FrequencyPenalty = double.NegativeInfinity } },
        { "max_tokens", FakeModel.Request() with { MaxTokens = 0 } },
        { "max_tokens", FakeModel.Request() with { MaxTokens = int.MaxValue } },
        { "stop", FakeModel.Request() with { Stop = [""] } },
        { "stop", FakeModel.Request() with { Stop = ["a", "b", "c", "d", "e"] } },
        { "messages", FakeModel.Request() with { Messages = [] } },
        { "template", FakeModel.Request(text: "REFUSE") },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public async Task GenerateAsync_OutOfRange_IsABadRequestThatNamesIt(string named, GenerationRequest request)
    {
        await using var server = await _model.ServeAsync();

        var result = await server.GenerateAsync(request, new ListSink(), default);

        Assert.Equal(GenerationStatus.BadRequest, result.Status);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
    }
}
