using System.Globalization;
using ChaosBench.Server.Versions;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>What this server says about an answer beyond OpenAI's API.</summary>
internal static class ReplyHeaders
{
    public const string Replica = "x-chaosbench-replica";
    public const string Degraded = "x-chaosbench-degraded";

    public const string Version = "x-chaosbench-version";

    // An object of its own, so that nobody else's item has this key.
    private static readonly object Answering = new();

    /// <summary>Says which version answers, also when it answers with an error. With one version there is nothing to say.</summary>
    public static void Set(HttpContext context, ServedVersion version)
    {
        if (version.Label is { } label)
        {
            context.Items[Answering] = version;
            context.Response.Headers[Version] = label;
        }
    }

    /// <summary>The version that was said to answer; null where there is one only, or none was chosen.</summary>
    public static ServedVersion? VersionOf(HttpContext context) => context.Items[Answering] as ServedVersion;

    /// <summary>What a version is chosen by: header, <c>user</c> of the body, or the request itself.</summary>
    public static string SessionOf(HttpContext context, string? user)
    {
        var given = context.Request.Headers["x-session-id"].ToString();
        return given.Length > 0 ? given : string.IsNullOrEmpty(user) ? context.TraceIdentifier : user;
    }

    public static void Set(HttpResponse response, int? replica, bool degraded)
    {
        if (replica is { } index)
        {
            response.Headers[Replica] = index.ToString(CultureInfo.InvariantCulture);
        }

        if (degraded)
        {
            response.Headers[Degraded] = "true";
        }
    }
}
