using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ChaosBench.Harness.Commands;

/// <summary>Whom the upstream of a proxy is trusted to be, and who the proxy is to it: as a target's <c>caCertificate</c> and <c>clientCertificate</c>.</summary>
internal static class UpstreamCertificates
{
    /// <summary>Null: those of this machine.</summary>
    /// <exception cref="UsageException">A file without certificates, or an upstream without TLS.</exception>
    public static X509Certificate2Collection? Authorities(string? file, Uri upstream)
    {
        if (file is null)
        {
            return null;
        }

        RequireTls("--ca-certificate", upstream);
        var found = new X509Certificate2Collection();
        Load("--ca-certificate", file, () => found.ImportFromPemFile(file));
        return found.Count > 0
            ? found
            : throw new UsageException($"--ca-certificate {file}: holds no certificate; give a PEM file with BEGIN CERTIFICATE.");
    }

    /// <summary>Null: none.</summary>
    /// <exception cref="UsageException">One file without the other, files that are no pair, or an upstream without TLS.</exception>
    public static X509Certificate2? Client(string? file, string? key, Uri upstream)
    {
        if (file is null && key is null)
        {
            return null;
        }

        if (file is null || key is null)
        {
            throw new UsageException($"{(file is null ? "--client-key" : "--client-certificate")} stands alone; give both --client-certificate and --client-key.");
        }

        RequireTls("--client-certificate", upstream);
        X509Certificate2? own = null;
        Load("--client-certificate", file, () => own = X509Certificate2.CreateFromPemFile(file, key));
        return own;
    }

    private static void RequireTls(string option, Uri upstream)
    {
        if (upstream.Scheme != Uri.UriSchemeHttps)
        {
            throw new UsageException($"{option} has no use with {upstream.GetLeftPart(UriPartial.Authority)}, which is reached without TLS; write https:// or leave it out.");
        }
    }

    private static void Load(string option, string file, Action load)
    {
        try
        {
            load();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new UsageException($"{option} {file}: cannot be read as PEM ({Printable.Line(problem.Message)}); give a PEM file that you may read.");
        }
    }
}
