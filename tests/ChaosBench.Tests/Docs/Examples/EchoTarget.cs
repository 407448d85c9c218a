using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Docs.Examples;

/// <summary>Says the prompt back, word by word.</summary>
public sealed class EchoTarget : ITarget
{
    public string Name => "echo";

    public Task<TargetIdentity> StartAsync(CancellationToken cancellation) =>
        Task.FromResult(new TargetIdentity(Name, "echo", "in process", new Dictionary<string, string>()));

    public async Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation)
    {
        sink.Sent(); // the engine stamps the time in these calls
        var words = arrival.Prompt.Messages[^1].Content.Split(' ');
        foreach (var _ in words)
        {
            if (cancellation.IsCancellationRequested)
            {
                return new Response { Outcome = Outcome.Cancelled, Reason = "cancelled" };
            }

            await Task.Yield();
            sink.Tokens(1);
        }

        return new Response
        {
            Outcome = Outcome.Completed, Status = 200, Text = string.Join(' ', words), FinishReason = "stop", OutputTokens = words.Length,
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
