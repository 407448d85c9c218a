using ChaosBench.Server;
using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Routing;

public class RollingRestartTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly ServerOptions Options = FakeModel.Options with { DrainLimit = TimeSpan.FromSeconds(10) };

    private readonly FakeModel _model = new();
    private readonly FakeTime _time = new();

    [Fact]
    public async Task RestartRolling_Idle_RenewsOneAfterTheOther()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var events = new EventLog(server);

        await server.RestartRollingAsync(default);

        Assert.Equal([0, 0, 0, 1, 1, 1], events.All.Select(happened => happened.Replica!.Value));
        Assert.Equal(["replica-draining", "replica-ready", "readmitted"], events.Kinds.Take(3));
        Assert.Equal(events.Kinds.Take(3), events.Kinds.Skip(3));
        Assert.Equal(
            [ReplicaState.Stopped, ReplicaState.Stopped, ReplicaState.Ready, ReplicaState.Ready], _model.Lives.Select(life => life.State));
        Assert.All(server.Replicas, replica => Assert.Equal(0, replica.Restarts));
    }

    [Fact]
    public async Task RestartRolling_UnderLoad_LosesNoRequestAndNeverTwoReplicas()
    {
        _model.Script = ["a", "b"];
        await using var server = await _model.ServeAsync(Options with { QueueLimit = 64 });
        var fewest = int.MaxValue;
        server.OnEvent += _ => fewest = Math.Min(fewest, server.Replicas.Count(replica => replica.InRotation));
        using var over = new CancellationTokenSource();
        var load = Enumerable.Range(0, 16).Select(client => Task.Run(() => AskOnAndOnAsync(server, client, over.Token))).ToArray();

        for (var round = 0; round < 20; round++)
        {
            await server.RestartRollingAsync(default).WaitAsync(FakeModel.Patience);
        }

        await over.CancelAsync();
        var answers = (await Task.WhenAll(load)).SelectMany(some => some).ToList();
        Assert.True(answers.Count >= 16);
        Assert.All(answers, answer => Assert.Equal((GenerationStatus.Completed, "ab"), (answer.Status, answer.Text)));
        Assert.Equal(1, fewest);
        Assert.Equal(42, _model.Lives.Count);
    }

    [Fact]
    public async Task RestartRolling_RunningRequest_EndsBeforeItsReplicaDoes()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var generation = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        var call = await _model.NextCallAsync();
        call.Token("half");
        var restart = server.RestartRollingAsync(default);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(restart.IsCompleted);
        Assert.Equal(2, _model.Lives.Count);

        // New requests go elsewhere meanwhile.
        var other = server.GenerateAsync(FakeModel.Request("r2"), new ListSink(), default);
        var elsewhere = await _model.NextCallAsync();
        elsewhere.Complete();
        call.Token(" whole");
        call.Complete();
        await restart.WaitAsync(FakeModel.Patience);

        Assert.NotSame(call.Replica, elsewhere.Replica);
        Assert.Equal((GenerationStatus.Completed, "half whole"), await generation is var result ? (result.Status, result.Text) : default);
        Assert.Equal(GenerationStatus.Completed, (await other).Status);
    }

    [Fact]
    public async Task RestartRolling_DrainLimit_MovesWhatHasNotStreamedAndCutsTheRest()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var events = new EventLog(server);
        var streaming = server.GenerateAsync(FakeModel.Request("s"), new ListSink(), default);
        (await _model.NextCallAsync()).Token("half");
        var elsewhere = server.GenerateAsync(FakeModel.Request("e"), new ListSink(), default);
        var other = await _model.NextCallAsync();
        var silent = server.GenerateAsync(FakeModel.Request("w"), new ListSink(), default);
        var first = await _model.NextCallAsync();
        other.Complete();
        await elsewhere;

        var restart = server.RestartRollingAsync(default);
        await Eventually.HoldsAsync(_time, Step, () => streaming.IsCompleted);
        var second = await _model.NextCallAsync();
        second.Complete();
        await Eventually.HoldsAsync(_time, Step, () => restart.IsCompleted);
        await restart;

        Assert.Equal(0, first.Replica.Index);
        Assert.Equal((GenerationStatus.Failed, "replica_lost"), await streaming is var cut ? (cut.Status, cut.ErrorCode) : default);
        Assert.Equal(GenerationStatus.Completed, (await silent).Status);
        Assert.DoesNotContain("replica-restarting", events.Kinds);
    }

    [Fact]
    public async Task RestartRolling_SingleReplica_ItsRequestsWait()
    {
        await using var server = await _model.ServeAsync(Options with { Replicas = 1 }, _time);
        var gate = new TaskCompletionSource();
        _model.StartGate = gate.Task;
        var restart = server.RestartRollingAsync(default);
        var generation = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        Assert.False(generation.IsCompleted);

        gate.SetResult();
        (await _model.NextCallAsync()).Complete();

        await restart;
        Assert.Equal(GenerationStatus.Completed, (await generation).Status);
    }

    [Fact]
    public async Task RestartRolling_NewLifeDoesNotStart_StopsAndTheRestServes()
    {
        _model.Script = ["ok"];
        await using var server = await _model.ServeAsync(Options, _time);
        _model.StartFailure = new ModelLoadException("model.onnx", "is gone");

        await Assert.ThrowsAsync<ModelLoadException>(() => server.RestartRollingAsync(default));

        Assert.Equal([false, true], server.Replicas.Select(replica => replica.InRotation));
        Assert.Equal(1, (await server.GenerateAsync(FakeModel.Request(), new ListSink(), default)).Replica);
        // The one that is missing is the supervisor's from here on.
        _model.StartFailure = null;
        await Eventually.HoldsAsync(_time, Step, () => server.Replicas[0].InRotation);
    }

    [Fact]
    public async Task RestartRolling_OneIsDownByOrder_RefusesAndTouchesNothing()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        await server.KillReplicaAsync(1, default);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => server.RestartRollingAsync(default));

        Assert.Contains("replica 1 was killed", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(ReplicaState.Ready, _model.Lives[0].State);
    }

    [Fact]
    public async Task RestartRolling_OneHasCrashed_RestartsItFirst()
    {
        await using var server = await _model.ServeAsync(Options with { Restarts = new() { Budget = 0 } }, _time);
        _model.Lives[1].Kill();
        await Eventually.HoldsAsync(_time, Step, () => !server.Replicas[1].InRotation);
        var events = new EventLog(server);

        await server.RestartRollingAsync(default);

        Assert.Equal([1, 1, 0, 0, 0], events.All.Select(happened => happened.Replica!.Value));
    }

    [Fact]
    public async Task RestartRolling_CancelledWhileItDrains_LeavesTheReplicaServing()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var generation = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        var call = await _model.NextCallAsync();
        using var cancellation = new CancellationTokenSource();
        var restart = server.RestartRollingAsync(cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restart);
        Assert.All(server.Replicas, replica => Assert.True(replica.InRotation));
        call.Complete();
        Assert.Equal(GenerationStatus.Completed, (await generation).Status);
    }

    private static async Task<List<GenerationResult>> AskOnAndOnAsync(ModelServer server, int client, CancellationToken over)
    {
        var answers = new List<GenerationResult>();
        do
        {
            answers.Add(await server.GenerateAsync(FakeModel.Request($"c{client}"), new ListSink(), default));
        }
        while (!over.IsCancellationRequested);

        return answers;
    }
}
