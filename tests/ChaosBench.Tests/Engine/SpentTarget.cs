using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Engine;

/// <summary>A target whose budget is gone: nothing is sent.</summary>
internal sealed class SpentTarget : ITarget
{
    public string Name => "spent";

    public Task<TargetIdentity> StartAsync(CancellationToken cancellation) =>
        Task.FromResult(new TargetIdentity(Name, "spent", "here", new Dictionary<string, string>()));

    public Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation) =>
        Task.FromResult(new Response { Outcome = Outcome.NotSent, Reason = "budget: 0 requests" });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
