using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ChaosBench.Reports.Provenance;

/// <summary>
/// What was not as a signed statement should be; the message is a sentence that says which file and what to do.
/// </summary>
public sealed class ProvenanceException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// A statement in its envelope, by DSSE 1.0: ECDSA over P-256 with SHA-256, the signature in ASN.1 DER as <c>openssl dgst</c> and
/// cosign write it. (.NET 10 has no Ed25519.)
/// </summary>
public static class Dsse
{
    public const string PayloadType = "application/vnd.in-toto+json";

    /// <summary>Bytes of an envelope; ours have some thousand.</summary>
    private const int MostBytes = 8 << 20;

    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>One envelope as JSON, indented, with a line end.</summary>
    /// <param name="payload">The statement.</param>
    public static string Sign(ReadOnlySpan<byte> payload, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var signature = key.SignData(Authenticated(PayloadType, payload), HashAlgorithmName.SHA256,
            DSASignatureFormat.Rfc3279DerSequence);
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("payloadType", PayloadType);
            json.WriteBase64String("payload", payload);
            json.WriteStartArray("signatures");
            json.WriteStartObject();
            json.WriteString("keyid", KeyId(key));
            json.WriteBase64String("sig", signature);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    /// <summary>The statement, if one of the envelope's signatures is by <paramref name="key"/>.</summary>
    /// <exception cref="ProvenanceException">No envelope, of another kind, or by another key.</exception>
    public static byte[] Open(ReadOnlyMemory<byte> envelope, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var (type, payload, signatures) = Parts(envelope);
        if (type != PayloadType)
        {
            throw new ProvenanceException($"the envelope holds '{Cut(type)}', not {PayloadType}");
        }

        var signed = Authenticated(type, payload);
        if (signatures.Any(signature => IsBy(key, signed, signature.Bytes)))
        {
            return payload;
        }

        var named = string.Join(", ", signatures.Select(signature => Cut(signature.KeyId)).Where(id => id.Length > 0).Take(3));
        var own = KeyId(key);
        throw new ProvenanceException(signatures.Any(signature => signature.KeyId == own)
            ? $"the signature names this key ({own[..16]}...) and does not hold: the statement was changed after it was signed"
            : $"no signature is by this key ({own[..16]}...){(named.Length > 0 ? $"; it names {named}" : "")}");
    }

    /// <summary>SHA-256 of the public key's SubjectPublicKeyInfo, lower-case hex.</summary>
    public static string KeyId(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    /// <param name="pem">Text of a PEM document; spaces around it and <c>\n</c> for line ends, as some CI systems keep secrets, do not
    /// matter.</param>
    /// <param name="isPrivate">False: a private key is refused, so that none is handed to those who verify.</param>
    /// <exception cref="ProvenanceException">None, of another kind, or of another curve. The message shows nothing of the
    /// key.</exception>
    public static ECDsa ReadKey(string pem, bool isPrivate)
    {
        ArgumentNullException.ThrowIfNull(pem);
        const string how = "make one with 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256'";
        var text = pem.Contains("-----\\n", StringComparison.Ordinal) ? pem.Replace("\\n", "\n", StringComparison.Ordinal) : pem;
        var hasPrivate = text.Contains("PRIVATE KEY-----", StringComparison.Ordinal);
        if (text.Contains("ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new ProvenanceException($"the key is encrypted with a pass phrase; give it without one, or {how}");
        }

        if (isPrivate ? !hasPrivate : hasPrivate || !text.Contains("PUBLIC KEY-----", StringComparison.Ordinal))
        {
            throw new ProvenanceException(isPrivate
                ? $"this is no private key in PEM; {how}"
                : "this is no public key in PEM ('openssl pkey -pubout' takes it out of the private one)");
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(text);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid is not { } curve || (curve.Value ?? P256) != P256
                || key.KeySize != 256)
            {
                throw new ProvenanceException($"this key is not on the curve P-256; {how}");
            }

            return key;
        }
        catch (Exception broken) when (broken is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new ProvenanceException($"the key does not read as an EC key in PEM; {how}", broken);
        }
        catch (ProvenanceException)
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>DSSE's pre-authentication encoding: what is signed.</summary>
    internal static byte[] Authenticated(string type, ReadOnlySpan<byte> payload) =>
        [.. Encoding.UTF8.GetBytes(FormattableString.Invariant($"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} ")), .. payload];

    private static bool IsBy(ECDsa key, byte[] signed, byte[] signature)
    {
        try
        {
            return key.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static (string Type, byte[] Payload, List<(string KeyId, byte[] Bytes)> Signatures) Parts(ReadOnlyMemory<byte> envelope)
    {
        const int most = 32;
        if (envelope.Length > MostBytes)
        {
            throw new ProvenanceException($"larger than {MostBytes} bytes; this is no envelope of a run");
        }

        try
        {
            using var document = JsonDocument.Parse(envelope, new JsonDocumentOptions { MaxDepth = 16 });
            var root = document.RootElement;
            var signatures = root.GetProperty("signatures").EnumerateArray().Take(most).Select(one => (
                one.TryGetProperty("keyid", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : "",
                one.GetProperty("sig").GetBytesFromBase64())).ToList();
            return signatures.Count > 0
                ? (root.GetProperty("payloadType").GetString() ?? "", root.GetProperty("payload").GetBytesFromBase64(),
                    signatures)
                : throw new ProvenanceException("the envelope has no signature");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new ProvenanceException($"not a whole DSSE envelope: {broken.Message.ReplaceLineEndings(" ").TrimEnd('.')}", broken);
        }
    }

    private static string Cut(string text) => text.Length <= 80 ? text : text[..80] + "...";
}
