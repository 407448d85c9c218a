using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ChaosBench.Benchmarks.Load;

/// <summary>
/// Slow streams over TLS, a task each, with a certificate made for it: there to hold many streams open, not to be quick. What it costs is
/// its own process's.
/// </summary>
internal sealed class SecureStub : IDisposable
{
    private static readonly byte[] Head = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");

    private static readonly byte[] Token = Encoding.ASCII.GetBytes(
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" a word\"},\"finish_reason\":null}]}\n\n");

    private static readonly byte[] Last = Encoding.ASCII.GetBytes(
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = Certificate();
    private readonly CancellationTokenSource _stop = new();
    private readonly StubSchedule _schedule;

    /// <param name="folder">Gets the certificate that clients must trust.</param>
    public SecureStub(StubSchedule schedule, string folder)
    {
        _schedule = schedule;
        Authority = Path.Combine(folder, "stub.pem");
        File.WriteAllText(Authority, _certificate.ExportCertificatePem());
        _listener.Start(8192);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>PEM file.</summary>
    public string Authority { get; }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);

                // One small request comes in one record.
                _ = await stream.ReadAsync(new byte[4096], _stop.Token);
                await stream.WriteAsync(Head, _stop.Token);
                for (var token = 0; token < _schedule.Tokens; token++)
                {
                    await Task.Delay(token == 0 ? _schedule.First : _schedule.Gap, TimeProvider.System, _stop.Token);
                    await stream.WriteAsync(Token, _stop.Token);
                }

                await stream.WriteAsync(Last, _stop.Token);
                await stream.ShutdownAsync();
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client has its reasons.
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
