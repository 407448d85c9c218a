using System.Net;
using System.Security.Cryptography.X509Certificates;
using ChaosBench.Reports.Content;

namespace ChaosBench.Harness.Recording;

/// <summary>What is recorded, where to, and how much.</summary>
internal sealed record RecordingOptions
{
    /// <summary>http or https, host and port: the only place that is ever asked.</summary>
    public required Uri Upstream { get; init; }

    public required IPEndPoint Listen { get; init; }

    /// <summary>The trace; it appears when the recording ends.</summary>
    public required string Output { get; init; }

    /// <summary>What is taken out of prompts and answers. Null: nothing.</summary>
    public required RedactionRules? Redaction { get; init; }

    /// <summary>Keep no prompts and answers, only their lengths in tokens where the service tells them.</summary>
    public bool LengthsOnly { get; init; }

    /// <summary>The header by which clients name their conversations.</summary>
    public string SessionHeader { get; init; } = "X-Session-Id";

    /// <summary>Share of sessions that are kept, or of requests without one. 1: all.</summary>
    public double Sample { get; init; } = 1;

    /// <summary>Decides which.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>After so many requests nothing more is recorded.</summary>
    public long MaxRequests { get; init; } = 1_000_000;

    /// <summary>Bytes of the trace, likewise.</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>A request or reply of more bytes passes and is not recorded.</summary>
    public int MaxBodyBytes { get; init; } = 4 << 20;

    /// <summary>The recording ends by itself. Null: it does not.</summary>
    public TimeSpan? For { get; init; }

    public X509Certificate2Collection? Authorities { get; init; }

    public X509Certificate2? ClientCertificate { get; init; }
}
