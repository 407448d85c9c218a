using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>Ready: at least one replica is in rotation (an encoder has none and always is) and the face is not draining.</summary>
internal sealed class Readiness(FaceModel face)
{
    private volatile bool _draining;

    public bool Draining
    {
        get => _draining;
        set => _draining = value;
    }

    public Task HandleAsync(HttpContext context)
    {
        var replicas = face.Replicas;
        var inRotation = replicas.Count(replica => replica.InRotation);
        var ready = !Draining && (inRotation > 0 || face.Server is null);
        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        var word = Draining ? "draining" : ready ? "ready" : "no replica is ready";
        return context.Response.WriteAsync(FormattableString.Invariant($"{word} {inRotation}/{replicas.Count}\n"));
    }
}
