using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ChaosBench.Reports.Provenance;

namespace ChaosBench.Tests.Reports.Provenance;

public sealed class DsseTests : IDisposable
{
    private static readonly byte[] Payload = Encoding.UTF8.GetBytes("""{"a": "ünïcode"}""");

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    /// <summary>The example of the specification's protocol.</summary>
    [Fact]
    public void Authenticated_ExampleOfTheSpecification_IsTheSame()
    {
        var signed = Dsse.Authenticated("http://example.com/HelloWorld", Encoding.UTF8.GetBytes("hello world"));

        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(signed));
    }

    [Fact]
    public void Open_OwnEnvelope_GivesThePayload()
    {
        Assert.Equal(Payload, Open(Dsse.Sign(Payload, _key)));
    }

    [Fact]
    public void Open_OtherKey_IsRefusedByName()
    {
        var problem = Assert.Throws<ProvenanceException>(() => Open(Dsse.Sign(Payload, _other)));

        Assert.Contains($"no signature is by this key ({Dsse.KeyId(_key)[..16]}...)", problem.Message, StringComparison.Ordinal);
        Assert.Contains(Dsse.KeyId(_other), problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ChangedPayload_IsRefused()
    {
        var envelope = JsonNode.Parse(Dsse.Sign(Payload, _key))!;
        envelope["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"a": "b"}"""));

        var problem = Assert.Throws<ProvenanceException>(() => Open(envelope.ToJsonString()));

        Assert.Contains("was changed after it was signed", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OtherType_IsRefused()
    {
        var envelope = JsonNode.Parse(Dsse.Sign(Payload, _key))!;
        envelope["payloadType"] = "text/plain";

        Assert.Contains("'text/plain'", Assert.Throws<ProvenanceException>(() => Open(envelope.ToJsonString())).Message, StringComparison.Ordinal);
    }

    /// <summary>Every beginning of an envelope, and every envelope with one byte changed, is refused in words.</summary>
    [Fact]
    public void Open_CutOrDamaged_IsRefusedInWords()
    {
        var whole = Dsse.Sign(Payload, _key).TrimEnd();
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<ProvenanceException>(() => Open(whole[..length]));
        }

        var bytes = Encoding.UTF8.GetBytes(whole);
        var (start, end) = (whole.IndexOf("payload\"", StringComparison.Ordinal) + 12, whole.IndexOf("signatures", StringComparison.Ordinal) - 10);
        for (var at = start; at < end; at++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] = damaged[at] == (byte)'A' ? (byte)'B' : (byte)'A';
            Assert.Throws<ProvenanceException>(() => Dsse.Open(damaged, _key));
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"payloadType": "application/vnd.in-toto+json", "payload": "", "signatures": []}""")]
    [InlineData("""{"payloadType": "application/vnd.in-toto+json", "payload": "%%%", "signatures": [{"sig": "AA=="}]}""")]
    [InlineData("""{"payloadType": "application/vnd.in-toto+json", "payload": "e30=", "signatures": [{"sig": "AA=="}]}""")]
    [InlineData("""{"payloadType": "application/vnd.in-toto+json", "payload": "e30=", "signatures": [{"sig": ""}]}""")]
    public void Open_NoEnvelope_IsRefused(string text)
    {
        Assert.Throws<ProvenanceException>(() => Open(text));
    }

    [Fact]
    public void ReadKey_FormsOfKeys_AreReadOrRefusedInWords()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        var secret = _key.ExportPkcs8PrivateKeyPem();
        string Problem(string pem, bool isPrivate) => Assert.Throws<ProvenanceException>(() => Dsse.ReadKey(pem, isPrivate)).Message;

        foreach (var pem in new[] { secret, _key.ExportECPrivateKeyPem(), "\n " + secret + "\n\n", secret.Replace("\n", "\\n", StringComparison.Ordinal) })
        {
            using var read = Dsse.ReadKey(pem, isPrivate: true);
            Assert.Equal(Dsse.KeyId(_key), Dsse.KeyId(read));
        }

        using var open = Dsse.ReadKey(_key.ExportSubjectPublicKeyInfoPem(), isPrivate: false);
        Assert.Equal(Dsse.KeyId(_key), Dsse.KeyId(open));
        Assert.Contains("P-256", Problem(p384.ExportPkcs8PrivateKeyPem(), true), StringComparison.Ordinal);
        Assert.Contains("EC key", Problem(rsa.ExportPkcs8PrivateKeyPem(), true), StringComparison.Ordinal);
        Assert.Contains("pass phrase", Problem(_key.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1)), true), StringComparison.Ordinal);
        Assert.Contains("no public key", Problem(secret, false), StringComparison.Ordinal);
        Assert.Contains("no private key", Problem(_key.ExportSubjectPublicKeyInfoPem(), true), StringComparison.Ordinal);
        Assert.Contains("no private key", Problem("hello", true), StringComparison.Ordinal);
        Assert.DoesNotContain(secret.Split('\n')[1], Problem(secret[..80], true), StringComparison.Ordinal);
    }

    private byte[] Open(string envelope) => Dsse.Open(Encoding.UTF8.GetBytes(envelope), _key);
}
