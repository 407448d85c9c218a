using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Goldens;

/// <summary>A target that is asked one thing after the other, without load and without faults.</summary>
internal sealed class AskedTarget(Target settings, LoadedSuite loaded, TimeProvider time) : IAsyncDisposable
{
    private int _asked;

    public Target Settings => settings;
    public ITarget Target { get; } = settings switch
    {
        Target.Onnx onnx => new OnnxTarget(onnx, null, loaded.Resolve, (_, _) => { }, time),
        Target.OpenAi remote => OpenAiTargets.Create(remote, loaded.Resolve, time),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Set by <see cref="StartAsync"/>.</summary>
    public TargetIdentity Identity { get; private set; } = null!;

    /// <exception cref="TargetUnavailableException">It does not serve.</exception>
    public async Task StartAsync(CancellationToken cancellation) => Identity = await Target.StartAsync(cancellation).ConfigureAwait(false);

    /// <summary>Asks within the target's own time limit; what goes wrong is in the response.</summary>
    public async Task<Response> AskAsync(Arrival arrival, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(settings.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var response = await Target.SendAsync(arrival with { Index = Interlocked.Increment(ref _asked), At = 0 }, Deaf.Ear, both.Token).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return response.Outcome == Outcome.Cancelled ? response with { Outcome = Outcome.TimedOut } : response;
    }

    public ValueTask DisposeAsync() => Target.DisposeAsync();

    private sealed class Deaf : IResponseSink
    {
        public static readonly Deaf Ear = new();

        public void Sent()
        {
        }

        public void Tokens(int tokens)
        {
        }
    }
}
