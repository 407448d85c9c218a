using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Targets;

/// <summary>Answers every request at once with a few empty-handed tokens. For warming up, and for measuring the engine alone.</summary>
public sealed class NullTarget : ITarget
{
    private const int Events = 4;

    public string Name => "null";

    public Task<TargetIdentity> StartAsync(CancellationToken cancellation) =>
        Task.FromResult(new TargetIdentity(Name, "null", "in process", new Dictionary<string, string>()));

    public async Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(sink);
        sink.Sent();
        for (var at = 0; at < Events; at++)
        {
            await Task.Yield();
            sink.Tokens(1);
        }

        return new Response
        {
            Outcome = Outcome.Completed, Status = 200, Text = "{}", FinishReason = "stop", InputTokens = 1, OutputTokens = Events,
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
