using ChaosBench.Server;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Routing;

/// <summary>One replica is emptied before it is ended, as when a damaged model is taken back.</summary>
public sealed class DrainTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly FakeModel _model = new();
    private readonly FakeTime _time = new();

    [Fact]
    public async Task Drain_RunningRequest_EndsWholeAndNewOnesGoElsewhere()
    {
        await using var server = await _model.ServeAsync(FakeModel.Options, _time);
        var generation = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        var call = await _model.NextCallAsync();
        call.Token("half");

        var drained = server.Models.Replicas!.DrainAsync(call.Replica.Index, Limit, default);
        Assert.False(drained.IsCompleted);
        var other = server.GenerateAsync(FakeModel.Request("r2"), new ListSink(), default);
        var elsewhere = await _model.NextCallAsync();
        elsewhere.Complete();
        call.Token(" whole");
        call.Complete();
        await drained.WaitAsync(FakeModel.Patience);

        Assert.NotSame(call.Replica, elsewhere.Replica);
        Assert.Equal((GenerationStatus.Completed, "half whole"), await generation is var result ? (result.Status, result.Text) : default);
        Assert.Equal(GenerationStatus.Completed, (await other).Status);
        Assert.False(server.Replicas[call.Replica.Index].InRotation);
    }

    [Fact]
    public async Task Drain_RequestThatDoesNotEnd_HasItsTimeAndNoMore()
    {
        await using var server = await _model.ServeAsync(FakeModel.Options, _time);
        var generation = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        var call = await _model.NextCallAsync();
        call.Token("half");
        var (replicas, victim) = (server.Models.Replicas!, call.Replica.Index);
        var drained = replicas.DrainAsync(victim, Limit, default);
        Assert.False(drained.IsCompleted);

        _time.Advance(Limit);

        await drained.WaitAsync(FakeModel.Patience);
        await replicas.KillAsync(victim, default);
        Assert.NotEqual(GenerationStatus.Completed, (await generation).Status);
        await replicas.RestartAsync(victim, default).WaitAsync(FakeModel.Patience);
        Assert.True(server.Replicas[victim].InRotation);
    }

    [Fact]
    public async Task Drain_GivenUp_LeavesTheReplicaInRotation()
    {
        await using var server = await _model.ServeAsync(FakeModel.Options, _time);
        var generation = server.GenerateAsync(FakeModel.Request(), new ListSink(), default);
        var call = await _model.NextCallAsync();
        using var stop = new CancellationTokenSource();
        var drained = server.Models.Replicas!.DrainAsync(call.Replica.Index, Limit, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drained.WaitAsync(FakeModel.Patience));
        Assert.True(server.Replicas[call.Replica.Index].InRotation);
        call.Complete();
        Assert.Equal(GenerationStatus.Completed, (await generation).Status);
    }
}
