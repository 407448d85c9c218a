using ChaosBench.Server;
using ChaosBench.Server.Embeddings;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Embeddings;

/// <summary>Embeddings on the way of the other requests: a place each, refused when the queue is full, another replica when theirs is lost.</summary>
public sealed class RoutedEncoderTests
{
    private static readonly EncoderInput[] Inputs = [.. Enumerable.Range(0, 40).Select(number => EncoderInput.Of($"Where is order {number}?"))];

    [SkippableFact]
    public async Task EncodeAsync_InWorkers_GivesTheVectorsOfThisProcess()
    {
        await using var here = await StartAsync(ReplicaIsolation.Task);
        await using var apart = await StartAsync(ReplicaIsolation.Process);

        var expected = await here.EncodeAsync("r1", Inputs, default);
        var answer = await apart.EncodeAsync("r1", Inputs, default);

        Assert.Equal((GenerationStatus.Completed, expected.Tokens), (answer.Status, answer.Tokens));
        Assert.Equal(expected.Vectors, answer.Vectors);
        Assert.InRange(answer.Replica!.Value, 0, 1);
    }

    [SkippableTheory]
    [InlineData(ReplicaIsolation.Task)]
    [InlineData(ReplicaIsolation.Process)]
    public async Task Kill_UnderLoad_FailsOverToTheSameVectors(ReplicaIsolation isolation)
    {
        await using var server = await StartAsync(isolation);
        var events = new EventLog(server);
        var expected = await server.EncodeAsync("r0", Inputs, default);
        // A load may be done before its replica dies; until one was not, nothing has been shown.
        for (var round = 0; !events.Kinds.Contains("failed-over"); round++)
        {
            Assert.True(round < 20, "no request was ever on the replica that was killed");
            var load = Enumerable.Range(1, 12).Select(number => server.EncodeAsync($"r{number}", Inputs, default)).ToArray();

            await Eventually.TrueAsync(
                () => server.Replicas[0].Outstanding > 0 || load.All(one => one.IsCompleted), "a request sits on replica 0, or all are done");
            await server.KillReplicaAsync(0, default);
            var answers = await Task.WhenAll(load).WaitAsync(FakeModel.Patience);

            Assert.All(answers, answer => Assert.Equal((GenerationStatus.Completed, null), (answer.Status, answer.Error)));
            Assert.All(answers, answer => Assert.Equal(expected.Vectors, answer.Vectors));
            await server.RestartReplicaAsync(0, default);
        }

        await Eventually.TrueAsync(() => server.Replicas.All(replica => replica.Outstanding == 0), "every place is free again");
    }

    [SkippableFact]
    public async Task Freeze_OfItsWorker_MovesTheRequestToTheOther()
    {
        await using var server = await StartAsync(ReplicaIsolation.Process);
        server.FreezeReplica(0);
        try
        {
            var answers = await Task.WhenAll(
                Enumerable.Range(0, 4).Select(number => server.EncodeAsync($"r{number}", Inputs, default))).WaitAsync(FakeModel.Patience);

            Assert.All(answers, answer => Assert.Equal((GenerationStatus.Completed, 1), (answer.Status, answer.Replica)));
        }
        finally
        {
            server.ResumeReplica(0);
        }

        await Eventually.TrueAsync(() => server.Replicas[0].InRotation, "the thawed replica serves again");
    }

    [SkippableFact]
    public async Task NoReplica_IsUnavailable()
    {
        await using var server = await StartAsync(ReplicaIsolation.Task, replicas: 1);
        await server.KillReplicaAsync(0, default);

        var answer = await server.EncodeAsync("r1", Inputs, default);

        Assert.Equal(GenerationStatus.Failed, answer.Status);
        Assert.Equal(503, ChaosBench.Server.Http.ApiError.Of(answer)!.Status);
    }

    [SkippableFact]
    public async Task FullQueue_IsRefusedWithAdvice()
    {
        await using var server = await StartAsync(ReplicaIsolation.Process, replicas: 1, places: 1, queue: 0);
        server.FreezeReplica(0);
        try
        {
            var first = server.EncodeAsync("r1", Inputs, default);
            var second = await server.EncodeAsync("r2", Inputs, default);

            Assert.Equal((GenerationStatus.Overloaded, "queue_full"), (second.Status, second.ErrorCode));
            Assert.InRange(second.RetryAfterSeconds!.Value, 1, 60);
            Assert.NotEqual(GenerationStatus.Completed, (await first.WaitAsync(FakeModel.Patience)).Status);
        }
        finally
        {
            server.ResumeReplica(0);
        }
    }

    [SkippableFact]
    public async Task EncodeAsync_Cancelled_IsAResultAndFreesThePlace()
    {
        await using var server = await StartAsync(ReplicaIsolation.Process, replicas: 1);

        var answer = await server.EncodeAsync("r1", Inputs, new CancellationToken(canceled: true));

        Assert.Equal(GenerationStatus.Cancelled, answer.Status);
        Assert.Equal((0, 0), (server.Waiting, server.Replicas[0].Outstanding));
    }

    [Fact]
    public async Task EncodeAsync_ModelWithoutEmbeddings_SaysSo()
    {
        await using var server = await new FakeModel().ServeAsync();

        var answer = await server.EncodeAsync("r1", Inputs, default);

        Assert.Equal((GenerationStatus.Failed, "not_implemented"), (answer.Status, answer.ErrorCode));
    }

    [Fact]
    public async Task Start_EncoderFolder_SaysWhatItIsAndWhatToDo()
    {
        var options = new ServerOptions { Model = Repository.Path("tests", "ChaosBench.Tests", "Fixtures", "encoders", "tiny-sentence"), Device = "cpu" };

        var problem = await Assert.ThrowsAsync<ChaosBench.Server.Models.ModelLoadException>(
            () => ModelServer.StartAsync(options, TimeProvider.System, default));

        Assert.Contains("is an encoder, which gives embeddings or labels and writes no text", problem.Message, StringComparison.Ordinal);
        Assert.Contains("chaosbench serve", problem.Message, StringComparison.Ordinal);
    }

    private static async Task<ModelServer> StartAsync(ReplicaIsolation isolation, int replicas = 2, int places = 8, int queue = 64)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "workers are tested on Linux");
        var options = new ServerOptions
        {
            Model = TriageModel.RequireFolder(), Device = "cpu", MaxBatch = places, Replicas = replicas, QueueLimit = queue,
            Isolation = isolation, ContextStore = null,
        };
        return await ModelServer.StartAsync(options, TimeProvider.System, default);
    }
}
