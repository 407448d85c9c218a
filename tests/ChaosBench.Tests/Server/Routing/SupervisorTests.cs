using ChaosBench.Server;
using ChaosBench.Server.Models;
using ChaosBench.Server.Routing;
using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Routing;

/// <summary>Replicas that crash (killed behind the server's back) on a clock that only the test moves.</summary>
public class SupervisorTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private static readonly ServerOptions Options = FakeModel.Options with
    {
        Restarts = new RestartPolicy { Budget = 2, Window = TimeSpan.FromHours(1), SilenceLimit = TimeSpan.FromSeconds(5) },
    };

    private readonly FakeModel _model = new();
    private readonly FakeTime _time = new();

    [Fact]
    public async Task Crash_OfAnIdleReplica_IsFoundAndRestarted()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var events = new EventLog(server);

        _model.Lives[1].Kill();
        await Eventually.HoldsAsync(_time, Step, () => events.Kinds.Contains("readmitted"));

        Assert.Equal(["replica-lost", "ejected", "replica-restarting", "replica-ready", "readmitted"], events.Kinds);
        Assert.All(events.All, happened => Assert.Equal(1, happened.Replica));
        Assert.Equal((ReplicaState.Ready, true, 1), Told(server.Replicas[1]));
        Assert.Equal((ReplicaState.Ready, true, 0), Told(server.Replicas[0]));
        Assert.Equal(3, _model.Lives.Count);
    }

    [Fact]
    public async Task Crash_OfTheOnlyReplica_KeepsItsRequestUntilItIsBack()
    {
        await using var server = await _model.ServeAsync(Options with { Replicas = 1 }, _time);
        var generation = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        (await _model.NextCallAsync()).Replica.Kill();

        await Eventually.HoldsAsync(_time, Step, () => server.Replicas[0].Restarts == 1);
        var call = await _model.NextCallAsync();
        call.Token("x");
        call.Complete();

        Assert.Equal((GenerationStatus.Completed, "x"), await generation is var result ? (result.Status, result.Text) : default);
    }

    [Fact]
    public async Task Crash_BeforeItsDelayIsOver_IsNotRestarted()
    {
        var slow = Options.Restarts with { FirstDelay = TimeSpan.FromMinutes(2), LongestDelay = TimeSpan.FromMinutes(2) };
        await using var server = await _model.ServeAsync(Options with { Restarts = slow }, _time);
        var events = new EventLog(server);
        _model.Lives[0].Kill();
        await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(100), () => events.Kinds.Contains("replica-restarting"));

        // Half of the delay is certain, the rest is jitter.
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(2, _model.Lives.Count);
        await Eventually.HoldsAsync(_time, TimeSpan.FromSeconds(10), () => events.Kinds.Contains("readmitted"));
    }

    [Fact]
    public async Task Crash_AgainAndAgain_IsGivenUpUntilAnOrder()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var events = new EventLog(server);
        for (var crash = 1; crash <= 2; crash++)
        {
            _model.Lives[^1].Kill();
            await Eventually.HoldsAsync(_time, Step, () => server.Replicas.Sum(replica => replica.Restarts) == crash);
        }

        var tired = _model.Lives[^1].Index;
        _model.Lives[^1].Kill();
        await Eventually.HoldsAsync(_time, Step, () => server.Replicas[tired].GivenUp);
        var lives = _model.Lives.Count;
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(lives, _model.Lives.Count);
        Assert.Equal("replica-given-up", events.Kinds[^1]);
        Assert.Contains("2 restarts within 3600 s", events.All[^1].Detail, StringComparison.Ordinal);
        await server.RestartReplicaAsync(tired, default);
        Assert.Equal((true, false), (server.Replicas[tired].InRotation, server.Replicas[tired].GivenUp));
    }

    [Fact]
    public async Task Crash_RestartFails_TriesAgainAndThenGivesUp()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var events = new EventLog(server);
        _model.StartFailure = new ModelLoadException("model.onnx", "is gone");

        _model.Lives[0].Kill();
        await Eventually.HoldsAsync(_time, Step, () => server.Replicas[0].GivenUp);

        Assert.Equal(2, events.Kinds.Count(kind => kind == "replica-restarting"));
        Assert.Equal(2, events.All.Count(happened => happened.Detail?.Contains("model.onnx: is gone", StringComparison.Ordinal) == true));
        Assert.True(server.Replicas[1].InRotation);
    }

    [Fact]
    public async Task KillReplica_ByOrder_StaysDownUntilTheOrderIsOver()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var events = new EventLog(server);

        await server.KillReplicaAsync(0, default);
        await Eventually.HoldsAsync(_time, Step, () => events.Kinds.Contains("ejected"));
        for (var minute = 0; minute < 60; minute++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["replica-lost", "ejected"], events.Kinds);
        await server.RestartReplicaAsync(0, default);
        Assert.True(server.Replicas[0].InRotation);
        Assert.Equal(0, server.Replicas[0].Restarts);
    }

    [Fact]
    public async Task KillReplica_WhileItIsBroughtBack_StaysDown()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var gate = new TaskCompletionSource();
        _model.StartGate = gate.Task;
        _model.Lives[0].Kill();
        await Eventually.HoldsAsync(_time, Step, () => _model.Lives.Count == 3);

        await server.KillReplicaAsync(0, default);
        gate.SetResult();
        await Eventually.HoldsAsync(_time, Step, () => _model.Lives[2].State == ReplicaState.Stopped);
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal((false, 0, 3), (server.Replicas[0].InRotation, server.Replicas[0].Restarts, _model.Lives.Count));
    }

    [Fact]
    public async Task Silence_BeyondTheLimit_IsKilledAndRestarted()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var events = new EventLog(server);
        _model.Lives[1].Silent = true;

        await Eventually.HoldsAsync(_time, Step, () => server.Replicas[1].Restarts == 1);

        Assert.Equal(["replica-unresponsive", "ejected", "replica-restarting", "replica-ready", "readmitted"], events.Kinds);
        Assert.Equal(ReplicaState.Stopped, _model.Lives[1].State);
    }

    [Fact]
    public async Task Silence_ThatEnds_IsReadmittedAsItIs()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var events = new EventLog(server);
        _model.Lives[1].Silent = true;
        await Eventually.HoldsAsync(_time, Step, () => !server.Replicas[1].InRotation);

        _model.Lives[1].Silent = false;
        await Eventually.HoldsAsync(_time, Step, () => server.Replicas[1].InRotation);

        Assert.Equal(["replica-unresponsive", "ejected", "readmitted"], events.Kinds);
        Assert.Equal(2, _model.Lives.Count);
    }

    [Fact]
    public async Task Silence_BeforeTheFirstToken_TheRequestMovesAndTheOldReplicaWritesNoMore()
    {
        await using var server = await _model.ServeAsync(Options, _time);
        var sink = new ListSink();
        var generation = server.GenerateAsync(FakeModel.Request(), sink, default);
        var hung = await _model.NextCallAsync();
        hung.Replica.Hang();

        await Eventually.HoldsAsync(_time, Step, () => !server.Replicas[hung.Replica.Index].InRotation);
        var second = await _model.NextCallAsync();
        hung.Token("late");
        second.Token("x");
        second.Complete();

        Assert.Equal((GenerationStatus.Completed, "x"), await generation is var result ? (result.Status, result.Text) : default);
        Assert.Equal([(1, "x")], sink.Heard);
    }

    [Fact]
    public async Task Silence_MidStream_TheStreamEndsWithItsOwnTime()
    {
        await using var server = await _model.ServeAsync(
            Options with { Restarts = new RestartPolicy { Budget = 0 }, RequestTimeout = TimeSpan.FromSeconds(20) }, _time);
        var generation = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        var hung = await _model.NextCallAsync();
        hung.Token("half");
        hung.Replica.Hang();
        await Eventually.HoldsAsync(_time, Step, () => !server.Replicas[hung.Replica.Index].InRotation);
        Assert.False(generation.IsCompleted);

        await Eventually.HoldsAsync(_time, TimeSpan.FromSeconds(1), () => generation.IsCompleted);

        Assert.Equal((GenerationStatus.DeadlineExceeded, 1), await generation is var late ? (late.Status, late.CompletionTokens) : default);
        Assert.Equal(0, server.Replicas.Sum(replica => replica.Outstanding));
    }

    private static (ReplicaState State, bool InRotation, int Restarts) Told(ReplicaStatus status) =>
        (status.State, status.InRotation, status.Restarts);
}
