using ChaosBench.Server;
using ChaosBench.Tests.Server.Models;

namespace ChaosBench.Tests.Server.Workers;

/// <summary>Log probabilities cross the process's border: the same numbers, at the same tokens, streamed and whole.</summary>
public sealed class WorkerLogProbTests
{
    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GenerateAsync_InAWorker_GivesTheLogProbsOfThisProcess(bool stream)
    {
        await using var here = await StartAsync(ReplicaIsolation.Task);
        await using var apart = await StartAsync(ReplicaIsolation.Process);
        var request = new GenerationRequest
        {
            RequestId = "r1", Messages = [new ChatTurn("user", "Where is my refund? \U0001F600")], MaxTokens = 24, TopLogProbs = 20,
            Temperature = 0.8, Stream = stream,
        };
        var (heardHere, heardApart) = (new LogProbSink(), new LogProbSink());

        var expected = await here.GenerateAsync(request, heardHere, default);
        var answer = await apart.GenerateAsync(request, heardApart, default);

        Assert.Equal((GenerationStatus.Completed, expected.Text), (answer.Status, answer.Text));
        Assert.Equal(answer.CompletionTokens, answer.LogProbs.Count);
        Assert.Equal(expected.LogProbs.Select(Told), answer.LogProbs.Select(Told));
        Assert.Equal(heardHere.Heard, heardApart.Heard);
        Assert.Equal(stream, heardApart.Heard.Any(entry => entry.Contains('=', StringComparison.Ordinal)));
    }

    private static async Task<ModelServer> StartAsync(ReplicaIsolation isolation)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "workers are tested on Linux");
        var options = new ServerOptions
        {
            Model = TriageModel.RequireFolder(), Device = "cpu", MaxBatch = 2, Replicas = 1, Isolation = isolation, ContextStore = null,
        };
        return await ModelServer.StartAsync(options, TimeProvider.System, default);
    }

    private static string Told(TokenLogProb token) => FormattableString.Invariant(
        $"{token.Token}={Convert.ToHexString(token.Bytes.Span)}:{token.LogProb:R}[{string.Join(' ', token.Top.Select(Told))}]");

    /// <summary>Everything it hears, in order.</summary>
    private sealed class LogProbSink : IGenerationSink
    {
        public List<string> Heard { get; } = [];

        public void Tokens(int count, string text) => Heard.Add($"{count} {text}");

        public void LogProb(TokenLogProb logProb) => Heard.Add(Told(logProb));
    }
}
