using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>What this server says about an answer beyond OpenAI's API.</summary>
internal static class ReplyHeaders
{
    public const string Replica = "x-chaosbench-replica";
    public const string Degraded = "x-chaosbench-degraded";

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
