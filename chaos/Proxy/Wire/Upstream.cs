using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ChaosBench.Chaos.Proxy.Wire;

/// <summary>The one place that the proxy connects to; nothing that a client sends can change it.</summary>
internal sealed class Upstream(ProxyOptions options, TimeProvider time)
{
    private readonly Uri _address = options.Upstream;

    /// <param name="loop">Watches the connection, where one can; null: the runtime does.</param>
    /// <exception cref="IOException">No connection; the message says to where and why.</exception>
    public async Task<PeerWire> ConnectAsync(WireLoop? loop, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return loop is not null && _address.Scheme == Uri.UriSchemeHttp
                ? await WatchedAsync(loop, both.Token).ConfigureAwait(false)
                : await OrdinaryAsync(both.Token).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            var why = limit.IsCancellationRequested
                ? FormattableString.Invariant($"no connection within {options.ConnectTimeout.TotalSeconds:0.###} s")
                : problem.Message;
            throw new IOException($"the upstream {_address.GetLeftPart(UriPartial.Authority)} cannot be reached: {why}", problem);
        }
    }

    /// <summary>Addresses of a name are tried one after the other.</summary>
    private async Task<PeerWire> WatchedAsync(WireLoop loop, CancellationToken cancellation)
    {
        var known = IPAddress.TryParse(_address.IdnHost, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(_address.IdnHost, cancellation).ConfigureAwait(false);
        for (var at = 0; ; at++)
        {
            try
            {
                return await LoopWire.ConnectAsync(loop, new IPEndPoint(known[at], _address.Port), cancellation).ConfigureAwait(false);
            }
            catch (IOException) when (at + 1 < known.Length && !cancellation.IsCancellationRequested)
            {
                // The next one may listen.
            }
        }
    }

    private async Task<PeerWire> OrdinaryAsync(CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_address.IdnHost, _address.Port, cancellation).ConfigureAwait(false);
            return _address.Scheme == Uri.UriSchemeHttps ? await SecureAsync(socket, cancellation).ConfigureAwait(false) : new SocketWire(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<TlsWire> SecureAsync(Socket socket, CancellationToken cancellation)
    {
        var plain = new SocketWire(socket);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = _address.IdnHost, ApplicationProtocols = [SslApplicationProtocol.Http11], CertificateChainPolicy = Policy(),
                ClientCertificates = options.ClientCertificate is { } own ? [own] : null,
            },
            cancellation).ConfigureAwait(false);
        return new TlsWire(plain, stream);
    }

    /// <summary>Null: the machine's own rules.</summary>
    private X509ChainPolicy? Policy()
    {
        if (options.Authorities is not { } authorities)
        {
            return null;
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
