using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ChaosBench.Harness.Doctor;

/// <summary>Ports: one to listen on, and enough to send from.</summary>
internal static class PortChecks
{
    /// <summary>
    /// Fewer than this, and a run without keep-alive at some hundred requests a second uses them up within TIME_WAIT's minute.
    /// </summary>
    private const long Few = 10_000;

    public static IEnumerable<Check> All() =>
    [
        Loopback(),
        Sending(Facts.Read("/proc/sys/net/ipv4/ip_local_port_range"), Facts.Read("/proc/sys/net/ipv4/tcp_tw_reuse"),
            Facts.Read("/proc/net/sockstat")),
    ];

    private static Check Loopback()
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return Check.Ok("loopback", string.Create(CultureInfo.InvariantCulture,
                $"a port can be opened (just now {((IPEndPoint)listener.LocalEndpoint).Port})"));
        }
        catch (SocketException exception)
        {
            return Check.Missing("loopback", exception.Message, "'serve' and remote targets on this machine need it");
        }
    }

    /// <param name="range"><c>32768 60999</c>.</param>
    /// <param name="reuse">tcp_tw_reuse: 0 never, 1 always, 2 on loopback.</param>
    /// <param name="sockets"><c>/proc/net/sockstat</c>, whose <c>tw</c> counts TIME_WAIT.</param>
    internal static Check Sending(string? range, string? reuse, string? sockets)
    {
        if (Facts.Numbers(range) is not [var first, var last])
        {
            return Check.Unknown("ports", "the range to send from is not told",
                "see that some ten thousand ports are free for connections going out");
        }

        var waiting = WaitingIn(sockets);
        var free = last - first + 1 - waiting;
        var word = Facts.Numbers(reuse) switch { [0] => "never used again early", [1] => "used again early", [2] =>
            "used again early on loopback", _ => "early use not told" };
        var found = string.Create(CultureInfo.InvariantCulture, $"{last - first + 1} to send from ({first} to {last}), {waiting} in TIME_WAIT, {word}");
        return free < Few
            ? Check.Limited("ports", found, "connections that are opened anew for each request run out of them: sysctl -w net.ipv4.ip_local_port_range=\"10240 65535\" net.ipv4.tcp_tw_reuse=1")
            : Check.Ok("ports", found);
    }

    private static long WaitingIn(string? sockets)
    {
        var words = (sockets ?? "").Split('\n').FirstOrDefault(line =>
            line.StartsWith("TCP:", StringComparison.Ordinal))?.Split(' ') ?? [];
        var at = Array.IndexOf(words, "tw");
        return at >= 0 && at + 1 < words.Length && long.TryParse(words[at + 1], out var count) ? count : 0;
    }
}
