using System.Net;
using System.Net.Sockets;
using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChaosBench.Server.Http;

/// <summary>
/// The OpenAI-compatible face of a <see cref="ModelServer"/>, an encoder, or versions of them. Reads no configuration but its options and
/// leaves the process's signals alone. What it serves outlives it.
/// </summary>
public sealed class HttpFace : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Readiness _readiness;
    private readonly TimeSpan _drainTimeout;
    private readonly TimeProvider _time;

    private HttpFace(WebApplication application, Readiness readiness, TimeSpan drainTimeout, TimeProvider time)
    {
        _application = application;
        _readiness = readiness;
        _drainTimeout = drainTimeout;
        _time = time;
        BaseAddress = BareHost.AddressOf(application);
    }

    /// <summary><c>http://127.0.0.1:PORT/</c>, with the port that was taken. Clients add <c>v1</c>.</summary>
    public Uri BaseAddress { get; }

    /// <summary>Returns when it listens.</summary>
    /// <exception cref="IOException">The address cannot be listened on; the message says what to do.</exception>
    public static Task<HttpFace> StartAsync(
        ModelServer server, HttpFaceOptions options, TimeProvider time, CancellationToken cancellation) =>
        StartAsync(VersionSet.Single(ServedVersion.Of(server)), options, time, cancellation);

    /// <summary>The same for an encoder alone, which outlives the face too.</summary>
    /// <exception cref="IOException">The address cannot be listened on; the message says what to do.</exception>
    public static Task<HttpFace> StartAsync(
        TextEncoder encoder, HttpFaceOptions options, TimeProvider time, CancellationToken cancellation) =>
        StartAsync(VersionSet.Single(ServedVersion.Of(encoder)), options, time, cancellation);

    /// <summary>The same for versions side by side.</summary>
    /// <exception cref="IOException">The address cannot be listened on; the message says what to do.</exception>
    public static async Task<HttpFace> StartAsync(
        VersionSet versions, HttpFaceOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var readiness = new Readiness(versions);
        var application = Build(versions, options, time, readiness);
        try
        {
            await application.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException problem) when (problem.InnerException is AddressInUseException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new IOException(
                $"{options.BindAddress}:{options.Port} is in use by another process; choose another port, or port 0 for any free one.",
                problem);
        }
        catch (SocketException problem)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new IOException(
                $"{options.BindAddress}:{options.Port} cannot be listened on ({problem.SocketErrorCode}); choose an address of this "
                + "machine, such as 127.0.0.1, and a port of 1024 or above.",
                problem);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new HttpFace(application, readiness, options.DrainTimeout, time);
    }

    /// <summary>Takes no new connections, lets running requests end within the drain time-out, then cuts them.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        _readiness.Draining = true;
        using var patience = new CancellationTokenSource(_drainTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        await _application.StopAsync(both.Token).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(VersionSet versions, HttpFaceOptions options, TimeProvider time, Readiness readiness)
    {
        var builder = BareHost.Create(kestrel => Limit(kestrel, options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        var application = builder.Build();

        var metrics = new HttpMetrics();
        var generations = new GenerationEndpoint(versions, options, time);
        var embeddings = new EmbeddingsEndpoint(versions, options);
        var labels = new ClassifyEndpoint(versions, options);
        var models = new ModelsEndpoint(versions);
        application.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => ErrorReply.WriteAsync(context, ErrorReply.Internal),
        });
        application.Use(new Gate(options, metrics).InvokeAsync);
        application.UseRouting();
        application.MapPost("/v1/chat/completions", context => generations.HandleAsync(context, chat: true));
        application.MapPost("/v1/completions", context => generations.HandleAsync(context, chat: false));
        application.MapPost("/v1/embeddings", embeddings.HandleAsync);
        application.MapPost("/v1/classify", labels.HandleAsync);
        application.MapGet("/v1/models", models.ListAsync);
        application.MapGet("/v1/models/{name}", models.OneAsync);
        application.MapGet("/health/live", context => context.Response.WriteAsync("live\n"));
        application.MapGet("/health/ready", readiness.HandleAsync);
        application.MapGet("/metrics", context => MetricsPage.WriteAsync(context, versions, metrics));
        return application;
    }

    private static void Limit(KestrelServerOptions kestrel, HttpFaceOptions options)
    {
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Listen(new IPEndPoint(options.BindAddress, options.Port), listen => listen.Protocols = HttpProtocols.Http1);
    }
}
