using System.Collections.Concurrent;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Tests.Support;

/// <summary>An OTLP/HTTP receiver on loopback: keeps what it is sent, and answers what it is told to.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string? Type, string? Token, byte[] Body)> _messages = new();
    private ScriptedHttp _http = null!;

    public string Url => _http.Url;

    public IReadOnlyList<(string Path, string? Type, string? Token, byte[] Body)> Messages => [.. _messages];

    /// <summary>Status of the answer to the n-th message, from 1; refused ones are not kept.</summary>
    public Func<int, int> StatusOf { get; set; } = _ => 200;

    public int Asked { get; private set; }

    /// <param name="secure">With TLS, as this; a client must then show the same certificate.</param>
    public static async Task<Collector> StartAsync(System.Security.Cryptography.X509Certificates.X509Certificate2? secure = null)
    {
        var collector = new Collector();
        collector._http = await ScriptedHttp.StartAsync(collector.AnswerAsync, secure);
        return collector;
    }

    public ValueTask DisposeAsync() => _http.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Asked++;
        context.Response.StatusCode = StatusOf(Asked);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (context.Response.StatusCode == 200)
        {
            var bytes = context.Request.Headers.ContentEncoding == "gzip" ? Unpacked(body.ToArray()) : body.ToArray();
            _messages.Enqueue((context.Request.Path, context.Request.ContentType, context.Request.Headers["x-token"], bytes));
        }

        await context.Response.WriteAsync("{}");
    }

    private static byte[] Unpacked(byte[] bytes)
    {
        using var plain = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
