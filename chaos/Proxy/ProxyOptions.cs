using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace ChaosBench.Chaos.Proxy;

/// <summary>Where the proxy listens, what it stands in front of, and its bounds.</summary>
public sealed record ProxyOptions
{
    /// <summary>http or https, host and port. Clients bring path and query. The only place that the proxy ever connects to.</summary>
    public required Uri Upstream { get; init; }

    /// <summary>The only authorities whose word about an https upstream is taken. Null: those of this machine.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Who the proxy is to an https upstream that asks. Null: nobody.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Default: loopback, any free port.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Decides, with fault id and scope key, who is hit.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Clients connected at the same time; more are closed at once. Default 4,096: each costs two buffers of 16 KiB.</summary>
    public int MaxConnections { get; init; } = 4_096;

    /// <summary>Threads that move bytes. Default: half of the processors, at most 4: client and endpoint are often on the same machine.</summary>
    public int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>Longest wait for a connection to the upstream. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection on which no byte moved for so long is closed. Default 15 min: a slow answer is no idle one.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(15);
}
