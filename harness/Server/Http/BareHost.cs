using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ChaosBench.Server.Http;

/// <summary>A web server with routing and nothing else: nothing from the environment, no files, no console, no signals.</summary>
public static class BareHost
{
    /// <param name="limit">Sets limits, and where it listens.</param>
    public static WebApplicationBuilder Create(Action<KestrelServerOptions> limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "chaosbench" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Kestrel's 30 s let a client that drips its headers hold a connection for long.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            limit(kestrel);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        return builder;
    }

    /// <summary>For small requests of this machine's own programs, HTTP/1.1.</summary>
    /// <param name="port">0: any free one.</param>
    public static WebApplicationBuilder CreateLoopback(int port, long maxBodyBytes, long maxConnections) => Create(kestrel =>
    {
        kestrel.Limits.MaxRequestBodySize = maxBodyBytes;
        kestrel.Limits.MaxConcurrentConnections = maxConnections;
        kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
    });

    /// <summary>Where a started one listens.</summary>
    public static Uri AddressOf(WebApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Ctrl-C and SIGTERM belong to the program around it.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
