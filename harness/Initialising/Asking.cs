using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChaosBench.Harness.Initialising;

/// <summary>One reply, as far as it was read.</summary>
/// <param name="Status">0: there was none.</param>
/// <param name="Text">UTF-8, cut at the limit.</param>
/// <param name="Trouble">Why there is no whole reply, one clause. Null: there is.</param>
/// <param name="Took">From the question to the end.</param>
internal sealed record Reply(int Status, string Type, string Text, string? Trouble, TimeSpan Took)
{
    public bool IsGood => Status is >= 200 and < 300 && Trouble is null;

    /// <summary><c>HTTP 404</c>, or the trouble.</summary>
    public string Why => Trouble ?? string.Create(CultureInfo.InvariantCulture, $"HTTP {Status}");
}

/// <summary>
/// Small questions to an endpoint that nobody vouches for: 10 s and 256 KiB a reply, no redirect, no cookie, no proxy of the
/// environment.
/// </summary>
internal sealed class Asking : IDisposable
{
    private const int MostBytes = 256 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _client;
    private readonly string? _key;
    private readonly TimeProvider _time;

    /// <param name="key">Travels as a bearer token. Null: none.</param>
    public Asking(string? key, TimeProvider time)
    {
        (_key, _time) = (key, time);
#pragma warning disable CA2000 // The invoker owns and disposes the handler.
        _client = new HttpMessageInvoker(new SocketsHttpHandler
#pragma warning restore CA2000
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = Patience,
            MaxResponseHeadersLength = 64, // KiB
            ActivityHeadersPropagator = null,
        });
    }

    public void Dispose() => _client.Dispose();

    public Task<Reply> GetAsync(string url, CancellationToken cancellation) => SendAsync(HttpMethod.Get, url, null, cancellation);

    /// <param name="json">The body.</param>
    public Task<Reply> PostAsync(string url, string json, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, url, json, cancellation);

    private async Task<Reply> SendAsync(HttpMethod method, string url, string? json, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        using var limit = new CancellationTokenSource(Patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var request = new HttpRequestMessage(method, url);
        request.Headers.TryAddWithoutValidation("User-Agent", "chaosbench");
        if (_key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_key}");
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        var (status, type, text) = (0, "", new MemoryStream());
        string? trouble = null;
        try
        {
            using var response = await _client.SendAsync(request, both.Token).ConfigureAwait(false);
            (status, type) = ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType ?? "");
            await using var body = await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
            var buffer = new byte[16 * 1024];
            for (int read; text.Length < MostBytes && (read = await body.ReadAsync(buffer, both.Token)
                .ConfigureAwait(false)) > 0;)
            {
                text.Write(buffer, 0, read);
            }

            trouble = text.Length < MostBytes ? null : $"the reply is longer than {MostBytes / 1024} KiB";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            trouble = string.Create(CultureInfo.InvariantCulture, $"{(status == 0 ? "no reply" : "the reply did not end")} within {Patience.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            trouble = Reason(exception);
        }

        return new Reply(status, type, Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)Math.Min(text.Length, MostBytes)),
            trouble, _time.GetElapsedTime(began));
    }

    private static string Reason(Exception exception) => exception switch
    {
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "the connection was refused",
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain } } =>
            "the host's name is not known",
        { InnerException: { } inner } => Printable.Line(inner.Message, 200),
        _ => Printable.Line(exception.Message, 200),
    };
}
