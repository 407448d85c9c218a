using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace ChaosBench.Chaos.Hostile;

/// <summary>One connection of a hostile client: bytes as it likes them, and an end as it likes it.</summary>
internal sealed class HostileConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly EndpointAddress _endpoint;

    private HostileConnection(Socket socket, Stream stream, EndpointAddress endpoint) => (_socket, Stream, _endpoint) = (socket, stream, endpoint);

    public Stream Stream { get; }

    /// <exception cref="IOException">Nobody accepts it.</exception>
    public static async Task<HostileConnection> OpenAsync(EndpointAddress endpoint, int? receiveBuffer, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBuffer is { } size)
            {
                // Before connecting: the window that the other side may fill follows from it.
                socket.ReceiveBufferSize = size;
            }

            await socket.ConnectAsync(endpoint.Url.Host, endpoint.Url.Port, cancellation).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, ownsSocket: false);
            if (endpoint.Url.Scheme == Uri.UriSchemeHttps)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = endpoint.Url.Host }, cancellation).ConfigureAwait(false);
                stream = secure;
            }

            return new HostileConnection(socket, stream, endpoint);
        }
        catch (Exception refused) when (refused is SocketException or System.Security.Authentication.AuthenticationException)
        {
            socket.Dispose();
            throw new IOException(refused.Message, refused);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A chat request that asks for a stream of tokens.</summary>
    public byte[] Body(int maxTokens) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        model = _endpoint.Model,
        messages = new[] { new { role = "user", content = "My parcel came damaged and I was charged twice. Tell me what you can do about it." } },
        max_tokens = maxTokens,
        temperature = 0,
        stream = true,
    });

    /// <summary>The head of such a request.</summary>
    /// <param name="length">What Content-Length says.</param>
    public byte[] Head(long length)
    {
        var head = new StringBuilder();
        var path = _endpoint.Url.AbsolutePath.TrimEnd('/') + "/chat/completions" + _endpoint.Url.Query;
        head.Append(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: {_endpoint.Url.Authority}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n");
        foreach (var (name, value) in _endpoint.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    /// <summary>Head and body, as they should be.</summary>
    public async Task SendAsync(int maxTokens, CancellationToken cancellation)
    {
        var body = Body(maxTokens);
        await Stream.WriteAsync((byte[])[.. Head(body.Length), .. body], cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads what comes until a piece holds the words, <paramref name="most"/> bytes at most, or the end. True when it was there.</summary>
    public async Task<bool> ReadUntilAsync(string words, int times, int most, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        var seen = 0;
        while (text.Length < most)
        {
            var read = await Stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            var all = text.ToString();
            seen = (all.Length - all.Replace(words, "", StringComparison.Ordinal).Length) / words.Length;
            if (seen >= times)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The connection breaks (RST) instead of ending in order.</summary>
    public void Break() => _socket.LingerState = new LingerOption(true, 0);

    public void Dispose()
    {
        if (Stream is SslStream)
        {
            Stream.Dispose();
        }

        _socket.Dispose();
    }
}
