using System.Diagnostics;
using System.Runtime.Versioning;
using ChaosBench.Server;
using ChaosBench.Server.Models;
using ChaosBench.Server.Routing;
using ChaosBench.Server.Scheduling;
using ChaosBench.Server.Workers;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Server.Scheduling;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Workers;

/// <summary>Real worker processes on the reference model. Nothing here is killed by name: each process is one that the test started.</summary>
[SupportedOSPlatform("linux")]
public sealed class WorkerReplicaTests
{
    private static readonly string[] Prompts = ["Printer on floor 3 is on fire.", "I cannot log in since this morning!", "Where is my refund?", "VPN drops every 5 minutes"];

    private static bool IsOver(GenerationResult result) => result.Status == GenerationStatus.Completed;

    [SkippableFact]
    public async Task GenerateAsync_InWorkers_AnswersAsInThisProcess()
    {
        await using var here = await StartAsync(ReplicaIsolation.Task);
        await using var apart = await StartAsync(ReplicaIsolation.Process);

        foreach (var temperature in (double[])[0, 0.8])
        {
            var expected = await Task.WhenAll(Ask(here, temperature));
            var answers = await Task.WhenAll(Ask(apart, temperature));
            Assert.Equal(expected.Select(Told), answers.Select(Told));
            Assert.All(answers, answer => Assert.True(IsOver(answer)));
        }

        static (string, int, int, string?) Told(GenerationResult result) =>
            (result.Text, result.PromptTokens, result.CompletionTokens, result.FinishReason);

        IEnumerable<Task<GenerationResult>> Ask(ModelServer server, double temperature) => Prompts.Select((prompt, number) =>
            server.GenerateAsync(Request($"r{number}", prompt) with { Temperature = temperature }, new CollectingSink(), default));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Kill_UnderLoad_FailsOverAndServesAgainAfterTheRestart(bool fromOutside)
    {
        await using var server = await StartAsync(ReplicaIsolation.Process);
        var events = new EventLog(server);
        var before = Workers(server);
        var gate = new TaskCompletionSource();
        var streamed = Enumerable.Range(0, 6).Select(number => server.GenerateAsync(
            Request($"s{number}", Prompts[number % 4]), new CollectingSink(_ => gate.TrySetResult()), default)).ToArray();
        var whole = Enumerable.Range(0, 12).Select(number => server.GenerateAsync(
            Request($"w{number}", Prompts[number % 4]) with { Stream = false }, new CollectingSink(), default)).ToArray();

        await gate.Task.WaitAsync(FakeModel.Patience);
        if (fromOutside)
        {
            Signal(before[0], Posix.SigKill);
        }
        else
        {
            await server.KillReplicaAsync(0, default);
        }

        var answers = await Task.WhenAll(whole).WaitAsync(FakeModel.Patience);
        var streams = await Task.WhenAll(streamed).WaitAsync(FakeModel.Patience);
        await Eventually.HoldsAsync(() => before[0].State is null);
        await server.RestartReplicaAsync(0, default);
        var after = Workers(server);

        Assert.All(answers, answer => Assert.True(IsOver(answer), answer.Error));
        Assert.All(streams, answer => Assert.True(IsOver(answer) || answer.ErrorCode == "replica_lost", answer.Error));
        Assert.Contains(ServerEventKind.ReplicaLost, events.Kinds);
        Assert.Equal(["replica-ready", "readmitted"], events.Kinds.TakeLast(2));
        Assert.NotEqual(before[0], after[0]);
        Assert.Equal(before[1], after[1]);
        Assert.True(IsOver(await server.GenerateAsync(Request("after", Prompts[0]), new CollectingSink(), default)));
        Assert.All(server.Replicas, replica => Assert.Equal((ReplicaState.Ready, true, 0), (replica.State, replica.InRotation, replica.Outstanding)));
    }

    [SkippableFact]
    public async Task Kill_FromOutside_ComesBackByItselfWhileOthersServe()
    {
        await using var server = await StartAsync(ReplicaIsolation.Process);
        var events = new EventLog(server);
        var before = Workers(server);
        var answers = new List<GenerationResult>();

        Signal(before[0], Posix.SigKill);
        for (var number = 0; server.Replicas[0].Restarts == 0; number++)
        {
            var request = Request($"w{number}", Prompts[number % 4]) with { Stream = false };
            answers.Add(await server.GenerateAsync(request, new CollectingSink(), default).WaitAsync(FakeModel.Patience));
        }

        var after = Workers(server);
        Assert.All(answers, answer => Assert.True(IsOver(answer), answer.Error));
        Assert.Null(before[0].State);
        Assert.NotEqual(before[0], after[0]);
        Assert.Equal(before[1], after[1]);
        Assert.Equal(
            [ServerEventKind.ReplicaLost, ServerEventKind.Ejected, ServerEventKind.ReplicaRestarting, ServerEventKind.ReplicaReady, ServerEventKind.Readmitted],
            events.Kinds.Where(kind => kind != ServerEventKind.FailedOver));
        var again = await Task.WhenAll(Enumerable.Range(0, 2).Select(number => server.GenerateAsync(
            Request($"a{number}", Prompts[number]), new CollectingSink(), default)));
        Assert.Equal([0, 1], again.Select(answer => answer.Replica).Order());
    }

    [SkippableFact]
    public async Task FreezeReplica_WhileItServes_IsEjectedUntilItGoesOn()
    {
        await using var server = await StartAsync(ReplicaIsolation.Process);
        var events = new EventLog(server);
        var workers = Workers(server);

        server.FreezeReplica(0);
        // The kernel stops a process when its threads next look.
        await Eventually.HoldsAsync(() => server.IsReplicaFrozen(0) && workers[0].State == "T");
        var asked = Enumerable.Range(0, 4).Select(number => server.GenerateAsync(
            Request($"w{number}", Prompts[number]), new CollectingSink(), default)).ToArray();
        var answers = await Task.WhenAll(asked).WaitAsync(FakeModel.Patience);
        Assert.All(answers, answer => Assert.Equal((GenerationStatus.Completed, 1), (answer.Status, answer.Replica)));
        Assert.Contains(ServerEventKind.ReplicaUnresponsive, events.Kinds);
        Assert.Contains(ServerEventKind.FailedOver, events.Kinds);
        Assert.Equal([false, true], server.Replicas.Select(replica => replica.InRotation));

        server.ResumeReplica(0);
        await Eventually.HoldsAsync(() => server.Replicas[0].InRotation);
        Assert.False(server.IsReplicaFrozen(0));
        Assert.Equal(ServerEventKind.Readmitted, events.Kinds[^1]);
        Assert.Equal(workers, Workers(server));
        var again = await Task.WhenAll(Enumerable.Range(0, 2).Select(number => server.GenerateAsync(
            Request($"a{number}", Prompts[number]), new CollectingSink(), default)));
        Assert.Equal([0, 1], again.Select(answer => answer.Replica).Order());
    }

    [SkippableFact]
    public async Task FreezeReplica_MidStream_TheStreamWaitsAndGoesOn()
    {
        await using var server = await StartAsync(ReplicaIsolation.Process);
        // Hot enough to ramble: when the freeze comes, there is still something to say.
        var request = Request("r", Prompts[1]) with { Temperature = 2, MaxTokens = 1_000 };
        var expected = await server.GenerateAsync(request, new CollectingSink(), default);
        Assert.InRange(expected.CompletionTokens, 100, 1_000);
        var sink = new CollectingSink(token =>
        {
            if (token == 1)
            {
                // Replicas take turns: the first answer came from 0.
                server.FreezeReplica(1);
            }
        });

        var streaming = server.GenerateAsync(request, sink, default);
        await Eventually.HoldsAsync(() => !server.Replicas[1].InRotation);
        server.ResumeReplica(1);
        var result = await streaming.WaitAsync(FakeModel.Patience);

        Assert.Equal((0, 1), (expected.Replica, result.Replica));
        Assert.Equal((GenerationStatus.Completed, expected.Text, expected.Text), (result.Status, result.Text, sink.Text));
    }

    [SkippableFact]
    public async Task FreezeReplica_WorkerIsGone_SaysSoAndTheRestIsHarmless()
    {
        await using var server = await StartAsync(ReplicaIsolation.Process, options => options with { Restarts = new RestartPolicy { Budget = 0 } });
        var worker = Workers(server)[0];
        Signal(worker, Posix.SigKill);
        await Eventually.HoldsAsync(() => worker.State is null && server.Replicas[0].State == ReplicaState.Lost);

        Assert.Throws<InvalidOperationException>(() => server.FreezeReplica(0));
        server.ResumeReplica(0);
        await server.KillReplicaAsync(0, default);
        Assert.False(server.IsReplicaFrozen(0));
    }

    [SkippableFact]
    public async Task DisposeAsync_OneIsFrozen_LeavesNoWorker()
    {
        var server = await StartAsync(ReplicaIsolation.Process);
        var workers = Workers(server);
        server.FreezeReplica(1);

        await server.DisposeAsync().AsTask().WaitAsync(FakeModel.Patience);

        Assert.Equal([null, null], workers.Select(worker => worker.State));
    }

    [SkippableFact]
    public async Task Serve_ProcessIsKilled_ItsWorkersGoWithItEvenAFrozenOne()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "parent-death signals are of Linux");
        var info = WorkerProgram.StartInfo();
        var program = info.ArgumentList.TakeWhile(argument => argument != WorkerHost.Verb).ToList();
        info.ArgumentList.Clear();
        string[] serve = [.. program, "serve", TriageModel.RequireFolder(), "--port", "0", "--replicas", "2", "--isolation", "process"];
        foreach (var argument in serve)
        {
            info.ArgumentList.Add(argument);
        }

        using var server = Process.Start(info)!;
        try
        {
            var said = await server.StandardError.ReadLineAsync().WaitAsync(FakeModel.Patience);
            Assert.StartsWith("serving triage-v1", said, StringComparison.Ordinal);
            var workers = ProcessFacts.ChildrenOf(server.Id);
            Assert.Equal(2, workers.Count);
            Signal(workers[0], Posix.SigStop);
            await Eventually.HoldsAsync(() => workers[0].State == "T");

            server.Kill();

            await Eventually.HoldsAsync(() => workers.All(worker => worker.State is null));
        }
        finally
        {
            server.Kill();
        }
    }

    [SkippableFact]
    public async Task StartAsync_ModelCannotBeLoaded_TheReasonReachesTheServer()
    {
        using var folder = new TempFolder();
        foreach (var file in Directory.EnumerateFiles(TriageModel.RequireFolder()))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }

        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "model.onnx"), new byte[100]);
        var spec = new WorkerSpec(new WorkerStart(folder.Path, "cpu", 0, new ReplicaOptions()), 64, 64, TimeSpan.FromSeconds(1), 10);
        await using var replica = new WorkerReplica(spec, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<ModelLoadException>(() => replica.StartAsync(default));

        Assert.Equal(Path.Combine(folder.Path, "model.onnx"), failure.Place);
        Assert.StartsWith($"{failure.Place}: ONNX Runtime cannot load it", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ReplicaState.Lost, replica.State);
    }

    private static GenerationRequest Request(string id, string text) => new()
    {
        RequestId = id, Messages = [new ChatTurn("user", text)], MaxTokens = 48,
    };

    private static async Task<ModelServer> StartAsync(ReplicaIsolation isolation, Func<ServerOptions, ServerOptions>? change = null)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "states of processes are read from /proc");
        var options = new ServerOptions
        {
            Model = TriageModel.RequireFolder(), Device = "cpu", MaxBatch = 8, Isolation = isolation, ContextStore = null,
            WorkerSilence = TimeSpan.FromSeconds(2),
        };
        return await ModelServer.StartAsync(change?.Invoke(options) ?? options, TimeProvider.System, default);
    }

    /// <summary>By index of the replica.</summary>
    private static List<ProcessFacts> Workers(ModelServer server) =>
        [.. server.Replicas.Select(replica => ProcessFacts.Of(server.WorkerOf(replica.Index)!.Value))];

    private static void Signal(ProcessFacts worker, int signal)
    {
        var handle = Posix.OpenProcess(worker.Id);
        Assert.NotNull(worker.State);
        Assert.True(Posix.Signal(handle, signal));
        _ = Posix.Close(handle);
    }
}
