using System.Net;
using System.Text;
using ChaosBench.Harness.Ui;

namespace ChaosBench.Tests.Harness.Ui;

/// <summary>A server over a folder, and a program that asks it.</summary>
internal sealed class UiClient : IAsyncDisposable
{
    private readonly HttpClient _http = new(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false });

    private UiClient(UiServer server) => Server = server;

    public UiServer Server { get; }

    public Uri Root => new(Server.Address.GetLeftPart(UriPartial.Authority));

    public string Token => Server.Address.Query["?token=".Length..];

    public static async Task<UiClient> StartAsync(string folder, LiveFeed? live = null, TryDesk? desk = null, TimeProvider? time = null) =>
        new(await UiServer.StartAsync(new UiParts(new RunShelf(folder, TimeProvider.System), live, desk, time ?? TimeProvider.System), 0));

    /// <summary>With the token, unless told otherwise.</summary>
    public async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Reply)> AskAsync(
        string path, string? body = null, bool token = true, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(Root, path));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (token)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Token}");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var reply = await _http.SendAsync(request);
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync(), reply);
    }

    /// <summary>As a browser that opens the printed address: the cookie that it is given.</summary>
    public async Task<string> CookieAsync()
    {
        var (_, _, reply) = await AskAsync($"/?token={Token}", token: false);
        return reply.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }
}
