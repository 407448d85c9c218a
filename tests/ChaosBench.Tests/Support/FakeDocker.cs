using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChaosBench.Tests.Support;

/// <summary>A Docker engine on a Unix socket that has one container and keeps its word; or, if told so, does not.</summary>
internal sealed class FakeDocker : IAsyncDisposable
{
    public const string Id = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    public const string Network = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private readonly WebApplication _host;

    private FakeDocker(WebApplication host, string socket)
    {
        _host = host;
        Socket = socket;
    }

    public string Socket { get; }

    /// <summary>Effects, in order: <c>POST /containers/ID/pause</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public bool Running { get; set; } = true;

    public bool Paused { get; set; }

    public bool Connected { get; set; } = true;

    public string? Health { get; set; }

    /// <summary>The body of the last connect.</summary>
    public string Connection { get; private set; } = "";

    /// <summary>Answers instead of the engine where it returns a body; the status is 200 when it begins with a brace.</summary>
    public Func<string, string?> Instead { get; set; } = _ => null;

    public static async Task<FakeDocker> StartAsync(TempFolder folder)
    {
        var socket = Path.Combine(folder.Path, "d.sock");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        var host = builder.Build();
        var docker = new FakeDocker(host, socket);
        host.Run(docker.AnswerAsync);
        await host.StartAsync();
        return docker;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var call = $"{context.Request.Method} {context.Request.Path}";
        if (Instead(call) is { } other)
        {
            context.Response.StatusCode = other.StartsWith('{') ? 200 : 500;
            await context.Response.WriteAsync(other);
            return;
        }

        if (context.Request.Method == "GET")
        {
            await DescribeAsync(context);
            return;
        }

        Calls.Enqueue(call);
        using var body = new StreamReader(context.Request.Body);
        var said = await body.ReadToEndAsync();
        context.Response.StatusCode = 204;
        switch (context.Request.Path.Value!.Split('/')[^1])
        {
            case "pause": Paused = true; break;
            case "unpause": Paused = false; break;
            case "kill": Running = false; break;
            case "start": Running = true; break;
            case "disconnect": Connected = false; context.Response.StatusCode = 200; break;
            case "connect": (Connected, Connection) = (true, said); context.Response.StatusCode = 200; break;
        }
    }

    private async Task DescribeAsync(HttpContext context)
    {
        if (context.Request.Path.Value is not ("/containers/model/json" or "/containers/" + Id + "/json"))
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsJsonAsync(new { message = "No such container" });
            return;
        }

        var networks = new Dictionary<string, object>();
        if (Connected)
        {
            networks["backend"] = new
            {
                NetworkID = Network, Aliases = new[] { "svc", Id[..12] }, IPAMConfig = new { IPv4Address = "172.30.0.9" },
            };
        }

        await context.Response.WriteAsJsonAsync(
            new
            {
                Id, Name = "/model",
                State = new { Running, Paused, Health = Health is null ? null : new { Status = Health } },
                NetworkSettings = new { Networks = networks },
            },
            new System.Text.Json.JsonSerializerOptions());
    }
}
