using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>Whom a target is trusted to be, and who we are to it; the same for both HTTP clients.</summary>
internal static class TlsSettings
{
    /// <exception cref="TargetUnavailableException">Certificate files that cannot be used.</exception>
    public static SslClientAuthenticationOptions Of(OpenAiSettings settings)
    {
        var options = new SslClientAuthenticationOptions();
        if (settings.CaCertificate is { } authority)
        {
            var roots = new X509Certificate2Collection();
            Load("caCertificate", authority, settings.Name, () => roots.ImportFromPemFile(authority));
            if (roots.Count == 0)
            {
                throw new TargetUnavailableException(
                    $"target '{settings.Name}': caCertificate '{authority}' holds no certificate; give a PEM file with BEGIN CERTIFICATE");
            }

            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        if (settings.ClientCertificate is { } certificate)
        {
            X509Certificate2? own = null;
            Load("clientCertificate", certificate, settings.Name, () => own = X509Certificate2.CreateFromPemFile(certificate, settings.ClientKey));
            options.ClientCertificates = [own!];
        }

        return options;
    }

    /// <summary>As <see cref="Of"/>, for a client of our own, which has to name the host itself.</summary>
    /// <exception cref="TargetUnavailableException">Certificate files that cannot be used.</exception>
    public static SslClientAuthenticationOptions Named(OpenAiSettings settings)
    {
        var options = Of(settings);
        options.TargetHost = HostOf(settings);

        // A second handshake in the middle of a connection: HTTP/2 forbids it, TLS 1.3 has none, and it would be made on the loop.
        options.AllowRenegotiation = false;
        return options;
    }

    /// <summary>The name that the host must prove: that of a Host header of the settings, where there is one, else the URL's.</summary>
    private static string HostOf(OpenAiSettings settings)
    {
        var header = settings.Headers.FirstOrDefault(header => header.Key.Equals("Host", StringComparison.OrdinalIgnoreCase)).Value;
        return header is not null && Uri.TryCreate($"https://{header}", UriKind.Absolute, out var named) ? named.IdnHost : settings.Url.IdnHost;
    }

    private static void Load(string what, string file, string target, Action load)
    {
        try
        {
            load();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new TargetUnavailableException(
                $"target '{target}': {what} '{file}' cannot be read as PEM: {OneLine.Of(problem.Message)}", problem);
        }
    }
}
