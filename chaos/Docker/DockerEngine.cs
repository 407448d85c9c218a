using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChaosBench.Chaos.Docker;

/// <summary>
/// The few calls of the Docker Engine API that faults need, over the engine's Unix socket. Calls may be repeated: what is already so
/// succeeds.
/// </summary>
public sealed class DockerEngine : IDisposable
{
    /// <summary>Longest time for one call. The engine itself waits up to 10 s for a container that will not stop.</summary>
    public static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);

    private const string DefaultSocket = "/var/run/docker.sock";

    /// <summary>Bytes of one reply; that of a container with a hundred networks is far below.</summary>
    private const int MostBytes = 4 << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = null, MaxDepth = 32, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient _client;

    /// <param name="socket">Full path.</param>
    public DockerEngine(string socket)
    {
        Socket = socket;
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation).ConfigureAwait(false);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        })
        {
            // Without a version in the path the engine answers with its own.
            BaseAddress = new Uri("http://docker/"),
            Timeout = CallLimit,
            MaxResponseContentBufferSize = MostBytes,
        };
    }

    public string Socket { get; }

    /// <summary>The socket that Docker's own tools would use: <c>DOCKER_HOST</c>, which is the operator's, or the default.</summary>
    /// <exception cref="DockerException"><c>DOCKER_HOST</c> names no Unix socket.</exception>
    public static string DefaultPlace(Func<string, string?> variable)
    {
        if (variable("DOCKER_HOST") is not { Length: > 0 } host)
        {
            return DefaultSocket;
        }

        const string Scheme = "unix://";
        return host.StartsWith(Scheme, StringComparison.Ordinal) && Path.IsPathFullyQualified(host[Scheme.Length..])
            ? host[Scheme.Length..]
            : throw new DockerException($"DOCKER_HOST is {host}, and faults reach an engine by a Unix socket only; set it to unix:///path/to/docker.sock");
    }

    /// <param name="container">Name or id.</param>
    public async Task<ContainerFacts> InspectAsync(string container, CancellationToken cancellation)
    {
        using var reply = await SendAsync(HttpMethod.Get, $"containers/{Uri.EscapeDataString(container)}/json", null, cancellation).ConfigureAwait(false);
        await ExpectAsync(reply, container, cancellation).ConfigureAwait(false);
        try
        {
            return await reply.Content.ReadFromJsonAsync<ContainerFacts>(Json, cancellation).ConfigureAwait(false) is { Id.Length: 64, State: not null } facts
                ? facts
                : throw new DockerException($"the engine at {Socket} describes container '{container}' without id and state");
        }
        catch (JsonException flaw)
        {
            throw new DockerException($"the engine at {Socket} describes container '{container}' in words that are not its API's", flaw);
        }
    }

    public Task PauseAsync(string id, CancellationToken cancellation) => PostAsync(id, "pause", null, cancellation);

    public Task UnpauseAsync(string id, CancellationToken cancellation) => PostAsync(id, "unpause", null, cancellation);

    /// <summary>SIGKILL. The engine does not restart what was killed by hand, whatever its restart policy.</summary>
    public Task KillAsync(string id, CancellationToken cancellation) => PostAsync(id, "kill", null, cancellation);

    public Task StartAsync(string id, CancellationToken cancellation) => PostAsync(id, "start", null, cancellation);

    public Task DisconnectAsync(string id, string network, CancellationToken cancellation) =>
        NetworkAsync(network, "disconnect", new { Container = id, Force = true }, cancellation);

    /// <param name="address">The IPv4 address that it asks for; null: any.</param>
    public Task ConnectAsync(string id, string network, IReadOnlyList<string> aliases, string? address, CancellationToken cancellation) =>
        NetworkAsync(network, "connect", new
        {
            Container = id,
            EndpointConfig = new { Aliases = aliases, IPAMConfig = address is null ? null : new { IPv4Address = address } },
        }, cancellation);

    public void Dispose() => _client.Dispose();

    private async Task PostAsync(string id, string verb, object? body, CancellationToken cancellation)
    {
        using var reply = await SendAsync(HttpMethod.Post, $"containers/{Uri.EscapeDataString(id)}/{verb}", body, cancellation).ConfigureAwait(false);
        if (reply.StatusCode != HttpStatusCode.NotModified)
        {
            await ExpectAsync(reply, id, cancellation).ConfigureAwait(false);
        }
    }

    private async Task NetworkAsync(string network, string verb, object body, CancellationToken cancellation)
    {
        using var reply = await SendAsync(HttpMethod.Post, $"networks/{Uri.EscapeDataString(network)}/{verb}", body, cancellation).ConfigureAwait(false);
        await ExpectAsync(reply, network, cancellation).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, options: Json) };
        try
        {
            return await _client.SendAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException trouble)
        {
            throw new DockerException(
                $"no Docker engine answers at {Socket} ({(File.Exists(Socket) ? trouble.GetBaseException().Message : "there is no such socket")}); start it, let this user use its socket, or set DOCKER_HOST=unix:///path/to/docker.sock",
                trouble);
        }
        catch (OperationCanceledException trouble) when (!cancellation.IsCancellationRequested)
        {
            throw new DockerException($"the Docker engine at {Socket} did not answer within {CallLimit.TotalSeconds:0} s", trouble);
        }
    }

    /// <param name="what">The container or network that the call is about.</param>
    private async Task ExpectAsync(HttpResponseMessage reply, string what, CancellationToken cancellation)
    {
        if (reply.IsSuccessStatusCode)
        {
            return;
        }

        string said;
        try
        {
            said = (await reply.Content.ReadFromJsonAsync<Refusal>(Json, cancellation).ConfigureAwait(false))?.message ?? "";
        }
        catch (Exception flaw) when (flaw is JsonException or HttpRequestException or NotSupportedException)
        {
            said = "";
        }

        said = said.Length > 300 ? said[..300] : said;
        throw new DockerException($"the Docker engine at {Socket} says {(int)reply.StatusCode} about '{what}'{(said.Length > 0 ? ": " + said : "")}")
        {
            IsMissing = reply.StatusCode == HttpStatusCode.NotFound,
        };
    }

    /// <param name="message">The engine's word for it.</param>
    private sealed record Refusal(string? message);
}

/// <summary>The engine does not do what it is asked, or is not there. The message says what and the remedy.</summary>
public sealed class DockerException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The container or network does not exist any more.</summary>
    public bool IsMissing { get; init; }
}
