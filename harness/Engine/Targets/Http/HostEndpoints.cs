using System.Net;
using System.Net.Sockets;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>An address as the kernel wants it.</summary>
/// <param name="Family">AF_INET or AF_INET6 of Linux.</param>
internal sealed record SocketEndpoint(byte[] Address, int Family, string Text)
{
    public static SocketEndpoint Of(IPAddress address, int port)
    {
        var endpoint = new IPEndPoint(address, port);
        var raw = endpoint.Serialize();
        return new SocketEndpoint(
            raw.Buffer[..raw.Size].ToArray(), address.AddressFamily == AddressFamily.InterNetworkV6 ? 10 : 2, endpoint.ToString());
    }
}

/// <summary>
/// The addresses of one host. Names are looked up off the loop's thread; while a name is looked up again, what was known of it is
/// used on.
/// </summary>
internal sealed class HostEndpoints(Uri url, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private SocketEndpoint[] _known = IPAddress.TryParse(url.DnsSafeHost, out var literal) ? [SocketEndpoint.Of(literal, url.Port)] : [];
    private string _failure = "the name has not been looked up";
    private long _askedAt = long.MinValue;
    private int _asking;

    /// <summary>In the order in which they are to be tried. Empty: the look-up failed, see <see cref="Failure"/>.</summary>
    public SocketEndpoint[] Known
    {
        get
        {
            if (IsStale)
            {
                _ = LookUpAsync(CancellationToken.None);
            }

            return Volatile.Read(ref _known);
        }
    }

    public string Failure => Volatile.Read(ref _failure);

    private bool IsName => url.HostNameType == UriHostNameType.Dns;

    private bool IsStale => IsName && Volatile.Read(ref _asking) == 0
        && (Volatile.Read(ref _askedAt) is var asked && (asked == long.MinValue
            || time.GetElapsedTime(asked) > (Volatile.Read(ref _known).Length > 0 ? FreshFor : RetryAfter)));

    /// <summary>Returns once the host's addresses are known or cannot be.</summary>
    public ValueTask EnsureAsync(CancellationToken cancellation) =>
        Volatile.Read(ref _known).Length > 0 || !IsName ? ValueTask.CompletedTask : new ValueTask(LookUpAsync(cancellation));

    private async Task LookUpAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asking);
        try
        {
            var found = await Dns.GetHostAddressesAsync(url.DnsSafeHost, cancellation).ConfigureAwait(false);
            if (found.Length > 0)
            {
                Volatile.Write(ref _known, [.. found.Select(address => SocketEndpoint.Of(address, url.Port))]);
            }
        }
        catch (Exception problem) when (problem is SocketException or OperationCanceledException or ArgumentException)
        {
            Volatile.Write(ref _failure, problem.Message);
        }
        finally
        {
            Volatile.Write(ref _askedAt, time.GetTimestamp());
            Interlocked.Decrement(ref _asking);
        }
    }
}
