using ChaosBench.Chaos;
using ChaosBench.Chaos.Hostile;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>
/// A target behind a fault proxy of the run's own, for scenarios that plan stream, HTTP or connection faults:
/// <code>engine -> OpenAiTarget -> FaultProxy -> the endpoint, or the HTTP face of a model that this process serves</code>
/// </summary>
/// <param name="inner">Starts first; owned.</param>
/// <param name="settings">Asked for after that: how the endpoint itself is called.</param>
internal sealed class ProxiedTarget(
    ITarget inner, Func<OpenAiSettings> settings, Plan plan, IAnnouncer announcer, TimeProvider time) : ITarget
{
    private OpenAiTarget? _sending;

    public string Name => inner.Name;

    /// <summary>False: no fault of the plan acts on the way, so nothing stands on it.</summary>
    public bool WithProxy { get; init; } = true;

    /// <summary>For clients of a fault's own, beside the proxy; null before the start.</summary>
    public EndpointAddress? Endpoint { get; private set; }

    /// <summary>Null before the start.</summary>
    public FaultProxy? Proxy { get; private set; }

    /// <summary>Calls the proxy; the engine may drive it by its own loops. This one before the start.</summary>
    public ITarget Sender => (ITarget?)_sending ?? this;

    /// <summary>The model is served by this process.</summary>
    public bool IsServedHere => inner is FacedTarget;

    public async Task<TargetIdentity> StartAsync(CancellationToken cancellation)
    {
        var identity = await inner.StartAsync(cancellation).ConfigureAwait(false);
        var direct = settings();
        Endpoint = AddressOf(direct);
        if (!WithProxy)
        {
            _sending = new OpenAiTarget(direct);
            return identity;
        }

        await FaultProxy.WarmUpAsync().ConfigureAwait(false);
        try
        {
            var upstream = new Uri(direct.Url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped));
            Proxy = FaultProxy.Start(new ProxyOptions { Upstream = upstream, Seed = plan.Seed }, new PlanKeys(plan), announcer, time);
        }
        catch (IOException problem)
        {
            throw new TargetUnavailableException($"target '{Name}': its fault proxy cannot start: {problem.Message}", problem);
        }

        _sending = new OpenAiTarget(Through(Proxy, direct));
        return identity with { Facts = new Dictionary<string, string>(identity.Facts) { ["faultProxy"] = "in the path" } };
    }

    public Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation) =>
        (_sending ?? throw new InvalidOperationException($"{Name} has not been started")).SendAsync(arrival, sink, cancellation);

    public async ValueTask DisposeAsync()
    {
        _sending?.Dispose();
        if (Proxy is not null)
        {
            await Proxy.DisposeAsync().ConfigureAwait(false);
        }

        await inner.DisposeAsync().ConfigureAwait(false);
    }

    public static EndpointAddress AddressOf(OpenAiSettings direct)
    {
        var headers = new Dictionary<string, string>(direct.Headers);
        if (direct.ApiKey is { } key)
        {
            headers[direct.ApiVersion is null ? "Authorization" : "api-key"] = direct.ApiVersion is null ? $"Bearer {key}" : key;
        }

        return new EndpointAddress(direct.Url, direct.Model, headers);
    }

    /// <summary>The same requests to the proxy's address; the endpoint still sees the Host that it knows itself by.</summary>
    private static OpenAiSettings Through(FaultProxy proxy, OpenAiSettings direct)
    {
        var url = new UriBuilder(direct.Url) { Scheme = Uri.UriSchemeHttp, Host = proxy.Address.Address.ToString(), Port = proxy.Address.Port };
        var headers = direct.Headers.Any(header => header.Key.Equals("Host", StringComparison.OrdinalIgnoreCase))
            ? direct.Headers
            : new Dictionary<string, string>(direct.Headers) { ["Host"] = direct.Url.Authority };
        return direct with { Url = url.Uri, Headers = headers };
    }
}
