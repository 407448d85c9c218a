using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>
/// A server on loopback that answers with exact bytes, because the faults that matter (a cut in the middle of a chunk, a reset)
/// cannot be said with an HTTP library. One request a connection, unless the answer keeps it alive.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new(); // never disposed: it has no timer, and connections may still look at it
    private readonly Func<Received, Answer> _script;
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;

    public ScriptedServer(Func<Received, Answer> script, X509Certificate2? certificate = null)
    {
        _script = script;
        _certificate = certificate;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public ScriptedServer(Answer answer)
        : this(_ => answer)
    {
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}/v1");

    public ConcurrentQueue<Received> Requests { get; } = new();

    public int Connections { get; private set; }

    public string? ClientCertificate { get; private set; }

    /// <summary>Otherwise it answers as soon as it has the head of a request.</summary>
    public bool ReadsBodies { get; init; } = true;

    /// <summary>Nobody listens any more and what is open breaks. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await using Stream stream = _certificate is null ? client.GetStream() : await SecureAsync(client.GetStream());
                Answer answer;
                do
                {
                    var received = await ReadAsync(stream);
                    Requests.Enqueue(received);
                    answer = _script(received);
                    foreach (var part in answer.Parts)
                    {
                        await stream.WriteAsync(part, _stop.Token);
                        await stream.FlushAsync(_stop.Token);
                    }
                }
                while (answer.KeepAlive);

                if (answer.Hang)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
                }

                if (answer.Reset)
                {
                    // Before the stream is disposed, which would say goodbye first.
                    client.Client.LingerState = new LingerOption(true, 0);
                    client.Client.Dispose();
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The other side went away, or the test is over.
            }
        }
    }

    private async Task<SslStream> SecureAsync(Stream inner)
    {
#pragma warning disable CA5359 // Any client certificate will do: what matters is whether one came.
        var secure = new SslStream(inner, leaveInnerStreamOpen: false, (_, certificate, _, _) =>
        {
            ClientCertificate = certificate?.Subject;
            return true;
        });
#pragma warning restore CA5359
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = _certificate, ClientCertificateRequired = true }, _stop.Token);
        return secure;
    }

    private async Task<Received> ReadAsync(Stream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[4096];
        while (true)
        {
            var count = await stream.ReadAsync(buffer, _stop.Token);
            if (count == 0)
            {
                throw new IOException("the client went away");
            }

            bytes.AddRange(buffer.AsSpan(0, count));
            var all = bytes.ToArray();
            var end = all.AsSpan().IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                continue;
            }

            var head = Encoding.Latin1.GetString(all, 0, end);
            var length = head.Split("\r\n").Where(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                .Select(l => int.Parse(l[15..], CultureInfo.InvariantCulture)).FirstOrDefault();
            length = ReadsBodies ? length : Math.Min(length, all.Length - end - 4);
            if (all.Length - end - 4 >= length)
            {
                return new Received(head, all[(end + 4)..(end + 4 + length)]);
            }
        }
    }
}

/// <param name="Head">Request line and headers.</param>
internal sealed record Received(string Head, byte[] Body)
{
    public string? Header(string name) => Head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();
}

/// <summary>What goes out, piece by piece, and how the connection ends: closed, reset, never, or after another request.</summary>
internal sealed record Answer(params IReadOnlyList<ReadOnlyMemory<byte>> Parts)
{
    public bool Reset { get; init; }
    public bool Hang { get; init; }
    public bool KeepAlive { get; init; }

    public static Answer Of(string text) => new(Encoding.UTF8.GetBytes(text));

    public static Answer Json(int status, string body, string headers = "") => Of(
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{headers}\r\n{body}");

    public static Answer Stream(string body) => Of(StreamHead + body);

    public const string StreamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

    public static string Chunked(IEnumerable<string> pieces) =>
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        + string.Concat(pieces.Select(piece => $"{Encoding.UTF8.GetByteCount(piece):x}\r\n{piece}\r\n")) + "0\r\n\r\n";
}
