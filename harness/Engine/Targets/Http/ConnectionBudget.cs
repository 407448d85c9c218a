using System.Globalization;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>How many connections to one address this machine can hold, from its range of ephemeral ports and its limit of open files.</summary>
/// <param name="Ports">Null where the system does not tell.</param>
/// <param name="Files">Null where the system does not tell, or there is no limit.</param>
public sealed record ConnectionBudget(int? Ports, int? Files)
{
    /// <summary>Ports that other programs may hold, and files of our own: journal, libraries, a server in this process.</summary>
    private const int Reserve = 256;

    private const string PortRange = "/proc/sys/net/ipv4/ip_local_port_range";
    private const string Limits = "/proc/self/limits";

    /// <summary>Of this machine, now.</summary>
    public static ConnectionBudget OfThisMachine() => new(
        File.Exists(PortRange) ? PortsIn(File.ReadAllText(PortRange)) : null,
        File.Exists(Limits) ? FilesIn(File.ReadLines(Limits)) : null);

    /// <summary>At least 1.</summary>
    public int Connections => Math.Max(1, Math.Min(Ports ?? int.MaxValue, Files ?? int.MaxValue) - Reserve);

    /// <summary>Why <paramref name="clients"/> connections at once cannot be; null when they can.</summary>
    public string? Refusal(int clients) => clients <= Connections ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{clients} clients need as many connections at once and this machine has room for {Connections} ({Said(Ports, "ephemeral ports")}, {Said(Files, "open files")}); "
        + $"use fewer clients, or widen net.ipv4.ip_local_port_range and raise 'ulimit -n'");

    /// <param name="text">First and last port.</param>
    internal static int? PortsIn(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var first, var last]
        && int.TryParse(first, CultureInfo.InvariantCulture, out var from) && int.TryParse(last, CultureInfo.InvariantCulture, out var to) && to >= from
            ? to - from + 1
            : null;

    /// <param name="lines">Of <c>/proc/self/limits</c>; the first number is the limit in force.</param>
    internal static int? FilesIn(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
        && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..]
        && int.TryParse(soft, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : null;

    private static string Said(int? count, string what) =>
        count is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known} {what}") : $"an unknown number of {what}";
}
