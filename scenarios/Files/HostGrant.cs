using System.Globalization;
using System.Net;

namespace ChaosBench.Scenarios.Files;

/// <summary><c>--allow-host HOST[:PORT]</c>: without a port it covers all of them.</summary>
internal static class HostGrant
{
    public static bool Covers(string grant, Uri url) =>
        string.Equals(grant, HostOf(url), StringComparison.OrdinalIgnoreCase)
        || string.Equals(grant, WithPort(url), StringComparison.OrdinalIgnoreCase);

    public static string WithPort(Uri url) => string.Create(CultureInfo.InvariantCulture, $"{HostOf(url)}:{url.Port}");

    /// <summary>Only addresses and the one name that cannot leave this machine.</summary>
    public static bool IsLoopback(Uri url) =>
        url.DnsSafeHost.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address);

    /// <summary>IPv6 addresses keep their brackets.</summary>
    private static string HostOf(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
}
