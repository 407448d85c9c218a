using System.Security.Cryptography.X509Certificates;
using ChaosBench.Harness.Telemetry;
using ChaosBench.Tests.Engine.Targets.OpenAi;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Telemetry;

/// <summary>A collector with an authority of its own that asks who is calling.</summary>
public sealed class OtlpTlsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, true, null)]
    [InlineData(false, true, "no connection: TLS came to nothing; is OTEL_EXPORTER_OTLP_CERTIFICATE the authority")]
    [InlineData(true, false, "no connection")]
    public async Task Send_CollectorWithItsOwnAuthority_IsReachedWithBothCertificatesOnly(bool trusted, bool known, string? trouble)
    {
        using var certificate = Certificates.SelfSigned();
        await using var collector = await Collector.StartAsync(certificate);
        var authority = _folder.File("ca.pem", certificate.ExportCertificatePem());
        var key = _folder.File("key.pem", certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        // Of the fake clock: it must not run out while two real sides shake hands.
        var variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "600000" };
        if (trusted)
        {
            variables["OTEL_EXPORTER_OTLP_CERTIFICATE"] = authority;
        }

        if (known)
        {
            (variables["OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"], variables["OTEL_EXPORTER_OTLP_CLIENT_KEY"]) = (authority, key);
        }

        var time = new FakeTime();
        using var sender = new OtlpSender(OtlpSettings.Read(collector.Url, variables.GetValueOrDefault)!, time);
        var sending = sender.SendAsync(OtlpSignal.Traces, [1, 2, 3], CancellationToken.None);
        await Eventually.HoldsAsync(time, TimeSpan.FromMilliseconds(50), () => sending.IsCompleted);
        var said = await sending;

        Assert.Equal(trouble is null, said is null);
        Assert.StartsWith(trouble ?? "", said ?? "", StringComparison.Ordinal);
        Assert.Equal(trouble is null ? 1 : 0, collector.Messages.Count);
    }
}
