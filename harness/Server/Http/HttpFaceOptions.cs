using System.Net;

namespace ChaosBench.Server.Http;

/// <summary>Where the HTTP face listens, and its bounds.</summary>
public sealed record HttpFaceOptions
{
    /// <summary>0 takes any free port.</summary>
    public int Port { get; init; }

    /// <summary>Default: loopback, so that nobody else reaches it.</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Wanted as <c>Authorization: Bearer KEY</c> by everything under <c>/v1</c>. Null: none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Default 4 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 4 << 20;

    /// <summary>Requests under <c>/v1</c> at the same time; more get 429. Default 512: it bounds the memory of bodies.</summary>
    public int MaxConcurrent { get; init; } = 512;

    /// <summary>Open connections, idle ones too. Default 8,192.</summary>
    public int MaxConnections { get; init; } = 8_192;

    /// <summary>A client who takes none of an answer for so long is cut off. Default 30 s.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for running requests when the face stops; then they are cut. Default 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
