using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ChaosBench.Chaos.Proxy.Wire;

/// <summary>The one place that the proxy connects to; nothing that a client sends can change it.</summary>
internal sealed class Upstream(Uri address, X509Certificate2Collection? authorities, TimeSpan connectTimeout, TimeProvider time)
{
    /// <exception cref="IOException">No connection; the message says to where and why.</exception>
    public async Task<PeerWire> ConnectAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(connectTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address.IdnHost, address.Port, both.Token).ConfigureAwait(false);
            return address.Scheme == Uri.UriSchemeHttps ? await SecureAsync(socket, both.Token).ConfigureAwait(false) : new SocketWire(socket);
        }
        catch (Exception problem) when (problem is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            socket.Dispose();
            var why = limit.IsCancellationRequested
                ? FormattableString.Invariant($"no connection within {connectTimeout.TotalSeconds:0.###} s")
                : problem.Message;
            throw new IOException($"the upstream {address.GetLeftPart(UriPartial.Authority)} cannot be reached: {why}", problem);
        }
    }

    private async Task<TlsWire> SecureAsync(Socket socket, CancellationToken cancellation)
    {
        var plain = new SocketWire(socket);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = address.IdnHost, ApplicationProtocols = [SslApplicationProtocol.Http11], CertificateChainPolicy = Policy(),
            },
            cancellation).ConfigureAwait(false);
        return new TlsWire(plain, stream);
    }

    /// <summary>Null: the machine's own rules.</summary>
    private X509ChainPolicy? Policy()
    {
        if (authorities is null)
        {
            return null;
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
