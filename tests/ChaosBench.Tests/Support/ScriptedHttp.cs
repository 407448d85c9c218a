using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace ChaosBench.Tests.Support;

/// <summary>An HTTP server on loopback whose every reply a test writes.</summary>
internal sealed class ScriptedHttp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedHttp(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <param name="secure">With TLS, as this; a client must then show the same certificate.</param>
    public static async Task<ScriptedHttp> StartAsync(Func<HttpContext, Task> reply, X509Certificate2? secure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (secure is not null)
            {
                listen.UseHttps(secure, https =>
                {
                    https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (shown, _, _) => shown.Thumbprint == secure.Thumbprint;
                });
            }
        }));
        var app = builder.Build();
        app.Run(context => reply(context));
        await app.StartAsync();
        return new ScriptedHttp(app);
    }

    public static Task<ScriptedHttp> StartAsync(int status, string body) => StartAsync(context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
