using ChaosBench.Reports.Telemetry;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>An OpenAI-compatible endpoint with every <c>${NAME}</c> already substituted. Holds secrets: it is never written anywhere.</summary>
public sealed record OpenAiSettings
{
    public required string Name { get; init; }

    /// <summary>Absolute http or https URL of the API, for example <c>http://127.0.0.1:8000/v1</c>; for Azure that of the deployment.</summary>
    public required Uri Url { get; init; }

    /// <summary>The <c>model</c> field of requests.</summary>
    public required string Model { get; init; }

    public string? ApiKey { get; init; }
    public OpenAiApi Api { get; init; } = OpenAiApi.Chat;
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>With it the key travels as <c>api-key</c> and this as the <c>api-version</c> query value.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>PEM file. With it only this authority is trusted.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>PEM files of a client certificate and its key.</summary>
    public string? ClientCertificate { get; init; }
    public string? ClientKey { get; init; }

    /// <summary>The environment's proxy variables are not used.</summary>
    public Uri? Proxy { get; init; }

    public Budget Budget { get; init; } = new();
    public RetryAfterPolicy RetryAfter { get; init; } = RetryAfterPolicy.Record;

    /// <summary>Limit of the probe before the run and of a connection attempt. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What carries the requests.</summary>
    public HttpTransport Transport { get; init; } = HttpTransport.Automatic;

    /// <summary>Connections at a time, in all. What finds none free waits, and its wait counts as the generator's lateness.</summary>
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary>What streams are asked to say about their tokens.</summary>
    public UsageReport Usage { get; init; } = UsageReport.End;

    /// <summary>There is a tokenizer for what the server does not count: answers are kept until their end.</summary>
    public bool CountsTokens { get; init; }

    /// <summary>Requests carry their W3C trace context. Null: they carry none.</summary>
    public TraceIds? Traces { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Records do; this one must not print what it holds.</summary>
    public override string ToString() => $"OpenAiSettings {{ {Name} }}";
}

/// <summary>What carries the requests of a target.</summary>
public enum HttpTransport
{
    /// <summary>The event loop where it can be used, else the sockets handler.</summary>
    Automatic,

    /// <summary>Our own HTTP/1.1 client on an event loop: <c>http</c> and <c>https</c> without a proxy, on 64-bit Linux.</summary>
    EventLoop,

    /// <summary>.NET's SocketsHttpHandler: proxies, other systems.</summary>
    SocketsHandler,
}
