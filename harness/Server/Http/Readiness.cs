using ChaosBench.Server.Versions;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>
/// Ready: at least one replica is in rotation (an encoder has none and always is) and the face is not draining. A canary without
/// replicas does not take the stable version beside it out of service.
/// </summary>
internal sealed class Readiness(VersionSet versions)
{
    private volatile bool _draining;

    public bool Draining
    {
        get => _draining;
        set => _draining = value;
    }

    public Task HandleAsync(HttpContext context)
    {
        var ready = !Draining && versions.All.Any(version => version.Model.Serves);
        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        var word = Draining ? "draining" : ready ? "ready" : "no replica is ready";
        return context.Response.WriteAsync($"{word} {string.Join(' ', versions.All.Select(Count))}\n");
    }

    private static string Count(ServedVersion version)
    {
        var replicas = version.Model.Replicas;
        var name = version.Label is { } label ? label + " " : "";
        return FormattableString.Invariant($"{name}{replicas.Count(replica => replica.InRotation)}/{replicas.Count}");
    }
}
