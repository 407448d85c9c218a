using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Server.Http;

namespace ChaosBench.Harness.Running;

/// <summary>A model served inside this process, reached through its HTTP face.</summary>
internal sealed class FacedTarget(OnnxTarget served, TimeProvider time) : ITarget
{
    private HttpFace? _face;
    private string _model = "";

    public string Name => served.Name;

    public async Task<TargetIdentity> StartAsync(CancellationToken cancellation)
    {
        var identity = await served.StartAsync(cancellation).ConfigureAwait(false);
        _model = identity.Facts["model"];
        // The server's own queue is the limit, as without HTTP; what a run ends, it need not wait for.
        var options = new HttpFaceOptions { MaxConcurrent = 8_192, MaxBodyBytes = 64 << 20, DrainTimeout = TimeSpan.FromSeconds(1) };
        try
        {
            _face = await HttpFace.StartAsync(served.Server, options, time, cancellation).ConfigureAwait(false);
        }
        catch (IOException problem)
        {
            throw new TargetUnavailableException($"target '{Name}': its HTTP face cannot start: {problem.Message}", problem);
        }

        return identity;
    }

    /// <summary>Once it is started.</summary>
    public OpenAiSettings Settings() => new() { Name = Name, Url = new Uri(_face!.BaseAddress, "v1"), Model = _model, Usage = UsageReport.Each };

    public Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation) => served.SendAsync(arrival, sink, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_face is not null)
        {
            await _face.DisposeAsync().ConfigureAwait(false);
        }

        await served.DisposeAsync().ConfigureAwait(false);
    }
}
