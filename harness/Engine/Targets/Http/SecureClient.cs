using System.Net.Security;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>What the TLS connections of one loop to one host share.</summary>
/// <param name="options">With the name that the host must prove.</param>
internal sealed class SecureClient(SslClientAuthenticationOptions options)
{
    public SslClientAuthenticationOptions Options => options;

    /// <summary>
    /// Scratch for the plain bytes of one receive. Larger than that: the end of a record may complete what came before it.
    /// </summary>
    public byte[] Plain { get; } = new byte[Loops.EventLoop.ReceiveBytes + TlsLink.RecordBytes];
}
