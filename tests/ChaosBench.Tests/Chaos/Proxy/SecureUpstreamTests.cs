using System.Net;
using System.Security.Cryptography.X509Certificates;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Tests.Engine.Targets.OpenAi;
using ChaosBench.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChaosBench.Tests.Chaos.Proxy;

/// <summary>An upstream behind TLS: clients speak plainly to the proxy, and what it cannot trust it does not speak to.</summary>
public sealed class SecureUpstreamTests : IAsyncLifetime
{
    private readonly Announcements _said = new();
    private readonly X509Certificate2 _certificate = Certificates.SelfSigned();
    private WebApplication _server = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _server = builder.Build();
        _server.Run(context => context.Response.WriteAsync(context.Request.IsHttps ? "told in secret" : "told to all"));
        await _server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task Exchange_TrustedUpstream_IsReachedOverTls()
    {
        await using var proxy = Start([_certificate]);
        using var client = new HttpClient();

        Assert.Null(await proxy.UpstreamProblemAsync(default));
        Assert.Equal("told in secret", await client.GetStringAsync(proxy.BaseAddress));
        Assert.Equal("told in secret", await client.GetStringAsync(proxy.BaseAddress));
    }

    [Fact]
    public async Task Exchange_FaultOverTls_BreaksAndHeals()
    {
        await using var proxy = Start([_certificate]);
        using var client = new HttpClient();
        var fault = Raw.Fault("http.503");
        proxy.Set(fault, null);
        using (var broken = await client.GetAsync(proxy.BaseAddress))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, broken.StatusCode);
        }

        proxy.Clear(fault);

        Assert.Equal("told in secret", await client.GetStringAsync(proxy.BaseAddress));
    }

    [Fact]
    public async Task Exchange_UpstreamOfNobodyKnown_IsABadGatewayWithTheReason()
    {
        await using var proxy = Start(null);
        using var client = new HttpClient();
        using var reply = await client.GetAsync(proxy.BaseAddress);

        Assert.Equal(HttpStatusCode.BadGateway, reply.StatusCode);
        Assert.Contains("certificate", await proxy.UpstreamProblemAsync(default), StringComparison.Ordinal);
    }

    private FaultProxy Start(X509Certificate2Collection? authorities) => FaultProxy.Start(
        new ProxyOptions { Upstream = new Uri(_server.Urls.First()), Authorities = authorities }, RequestIdKeys.Instance, _said, TimeProvider.System);
}
