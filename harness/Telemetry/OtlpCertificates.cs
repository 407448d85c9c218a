using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ChaosBench.Harness.Telemetry;

/// <summary>
/// Whom a collector is trusted to be and who we are to it, as the specification's variables name the files (PEM). Read once, at the start,
/// so that a wrong one is told before anything is sent.
/// </summary>
internal static class OtlpCertificates
{
    private const string Authority = "CERTIFICATE";
    private const string Client = "CLIENT_CERTIFICATE";
    private const string Key = "CLIENT_KEY";

    /// <param name="given">A variable's name and value by the end of its name, the signal's own before the common one; null: not set.</param>
    /// <returns>Null: this machine's own trust, and no name of ours.</returns>
    /// <exception cref="UsageException">A file that cannot be used, or one of two alone.</exception>
    public static SslClientAuthenticationOptions? Of(Uri endpoint, Func<string, (string Name, string Value)?> given)
    {
        // The common variables may be set for other programs that do speak TLS; an endpoint without it has no use for them and no harm.
        if (endpoint.Scheme != Uri.UriSchemeHttps)
        {
            return null;
        }

        var (authority, client, key) = (given(Authority), given(Client), given(Key));
        if (client is null != key is null)
        {
            throw new UsageException($"{(client ?? key)!.Value.Name}: stands alone; set both ..._{Client} and ..._{Key}");
        }

        if (authority is null && client is null)
        {
            return null;
        }

        var options = new SslClientAuthenticationOptions();
        if (authority is { } trusted)
        {
            options.CertificateChainPolicy = Trust(trusted.Name, trusted.Value);
        }

        if (client is { } own)
        {
            X509Certificate2? certificate = null;
            Load(own.Name, own.Value, () => certificate = X509Certificate2.CreateFromPemFile(own.Value, key!.Value.Value));
            options.ClientCertificates = [certificate!];
        }

        return options;
    }

    private static X509ChainPolicy Trust(string name, string file)
    {
        var roots = new X509Certificate2Collection();
        Load(name, file, () => roots.ImportFromPemFile(file));
        if (roots.Count == 0)
        {
            throw new UsageException($"{name}: {Printable.Line(file, 200)} holds no certificate; name a PEM file with BEGIN CERTIFICATE");
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private static void Load(string name, string file, Action load)
    {
        try
        {
            load();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new UsageException($"{name}: {Printable.Line(file, 200)} cannot be read as PEM ({Printable.Line(problem.Message, 200)}); name a PEM file that you may read");
        }
    }
}
