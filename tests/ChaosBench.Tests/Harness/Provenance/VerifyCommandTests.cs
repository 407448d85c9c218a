using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using ChaosBench.Harness;
using ChaosBench.Harness.Provenance;
using ChaosBench.Reports.Provenance;
using ChaosBench.Tests.Harness.Packaging;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Provenance;

public sealed class VerifyCommandTests : IDisposable
{
    private readonly CommandSession _session = new();
    private readonly SignedRun _signed = new();

    public void Dispose()
    {
        _session.Dispose();
        _signed.Dispose();
    }

    [Fact]
    public async Task Verify_RunAsItWasSigned_Holds()
    {
        var run = await SignAsync();

        Assert.Equal(0, await VerifyAsync(run));
        Assert.StartsWith("verified: ", _session.Out, StringComparison.Ordinal);
        Assert.Contains("steady, started 2026-11-20T12:00:00", _session.Out, StringComparison.Ordinal);
        Assert.Empty(_session.Error);

        var statement = RunStatement.Read(Dsse.Open(File.ReadAllBytes(Path.Combine(run, Attestation.FileName)), _signed.Key));
        Assert.Equal(["run/journal.jsonl.gz", "run/junit.xml", "run/manifest.json", "run/report.html", "run/report.md", "run/summary.json", "target/candidate/model.onnx", "target/candidate/tokenizer.json"],
            statement.Subjects.Select(subject => subject.Name));
    }

    [Theory]
    [InlineData("manifest.json", "refused: run/manifest.json: changed after it was signed")]
    [InlineData("summary.json", "refused: run/summary.json: changed after it was signed")]
    [InlineData("journal.jsonl.gz", "refused: run/journal.jsonl.gz: changed after it was signed")]
    [InlineData("report.html", "refused: run/report.html: changed after it was signed")]
    public async Task Verify_ChangedFile_IsRefusedByName(string file, string reason)
    {
        var run = await SignAsync();
        File.AppendAllText(Path.Combine(run, file), " ");

        Assert.Equal(1, await VerifyAsync(run));
        Assert.Contains(reason, _session.Error, StringComparison.Ordinal);
        Assert.Empty(_session.Out);
    }

    [Fact]
    public async Task Verify_MissingAddedAndModelFiles_AreToldApart()
    {
        var run = await SignAsync();
        File.WriteAllText(Path.Combine(run, "notes.txt"), "mine");

        Assert.Equal(0, await VerifyAsync(run));
        Assert.Contains("note: run/notes.txt: the statement does not speak of it", _session.Error, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(_signed.Model, "tokenizer.json"), "[]");
        Assert.Equal(1, await VerifyAsync(run));
        Assert.Contains("refused: target/candidate/tokenizer.json: changed", _session.Error, StringComparison.Ordinal);

        Directory.Delete(_signed.Model, recursive: true);
        _session.Forget();
        Assert.Equal(0, await VerifyAsync(run));
        Assert.Contains("note: target/candidate/model.onnx: not looked at", _session.Error, StringComparison.Ordinal);
        Assert.Contains(" is not here (and 1 more)", _session.Error, StringComparison.Ordinal);

        File.Delete(Path.Combine(run, "report.md"));
        Assert.Equal(1, await VerifyAsync(run));
        Assert.Contains("refused: run/report.md: was signed and is missing", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OtherKeyOtherRunOrCutEnvelope_IsRefusedWithTheReason()
    {
        var run = await SignAsync();
        var other = await _signed.RunAsync("other", "spike");
        var envelope = Path.Combine(run, Attestation.FileName);

        Assert.Equal(1, await _session.CallAsync("verify", run, "--key", _signed.OtherPublicKey));
        Assert.Contains("refused: no signature is by this key", _session.Error, StringComparison.Ordinal);

        Assert.Equal(1, await _session.CallAsync("verify", other, "--key", _signed.PublicKey, "--envelope", envelope));
        Assert.Contains("refused: the statement is of another run: scenario 'steady'", _session.Error, StringComparison.Ordinal);

        File.WriteAllBytes(envelope, File.ReadAllBytes(envelope)[..^40]);
        Assert.Equal(1, await VerifyAsync(run));
        Assert.Contains("refused: not a whole DSSE envelope", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_NothingToVerify_IsBadUsage()
    {
        var run = await _signed.RunAsync();

        Assert.Equal(4, await VerifyAsync(run));
        Assert.Equal(4, await VerifyAsync(Path.Combine(run, "nope")));
        Assert.Equal(4, await _session.CallAsync("verify", run, "--key", Path.Combine(run, "report.md")));
        Assert.Equal(4, await _session.CallAsync("verify", run));

        Assert.Contains("'chaosbench attest RUN' writes it", _session.Error, StringComparison.Ordinal);
        Assert.Contains("no such run folder", _session.Error, StringComparison.Ordinal);
        Assert.Contains("no public key in PEM", _session.Error, StringComparison.Ordinal);
    }

    /// <summary>A manifest that is not the signed one may not send the reader to other places.</summary>
    [Fact]
    public async Task Verify_ManifestWithAnotherPlace_IsNotFollowed()
    {
        var run = await SignAsync();
        var manifest = Path.Combine(run, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(_signed.Model, "/", StringComparison.Ordinal));

        Assert.Equal(1, await VerifyAsync(run));
        Assert.Contains("refused: run/manifest.json: changed", _session.Error, StringComparison.Ordinal);
        Assert.Contains("note: target/candidate/model.onnx: not looked at, the manifest does not hold", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attest_ModelThatChangedSinceTheRun_IsNamedByTheManifestAlone()
    {
        var run = await _signed.RunAsync();
        File.WriteAllText(Path.Combine(_signed.Model, "model.onnx"), "other weights");

        var said = Attestation.Write(run, _signed.Key);

        Assert.Contains("not the model of the run any more", said[0], StringComparison.Ordinal);
        Assert.Equal(0, await VerifyAsync(run));
        var statement = RunStatement.Read(Dsse.Open(File.ReadAllBytes(Path.Combine(run, Attestation.FileName)), _signed.Key));
        Assert.Equal("target/candidate/modelSha256", statement.Subjects[^1].Name);
    }

    /// <summary>Another implementation of the signature: what this one wrote, openssl accepts.</summary>
    [SkippableFact]
    public async Task Attest_Signature_IsAcceptedByOpenSsl()
    {
        Skip.IfNot(Paths().Any(folder => File.Exists(Path.Combine(folder, "openssl"))), "openssl is not installed");
        var run = await SignAsync();
        var envelope = JsonNode.Parse(File.ReadAllText(Path.Combine(run, Attestation.FileName)))!;
        var payload = Convert.FromBase64String((string)envelope["payload"]!);
        var (signed, signature) = (Path.Combine(_signed.Parent, "signed"), Path.Combine(_signed.Parent, "signature"));
        await File.WriteAllBytesAsync(signed, [.. Encoding.UTF8.GetBytes(FormattableString.Invariant($"DSSEv1 28 application/vnd.in-toto+json {payload.Length} ")), .. payload]);
        await File.WriteAllBytesAsync(signature, Convert.FromBase64String((string)envelope["signatures"]![0]!["sig"]!));

        using var openssl = Process.Start(new ProcessStartInfo("openssl", ["dgst", "-sha256", "-verify", _signed.PublicKey, "-signature", signature, signed]) { RedirectStandardOutput = true })!;
        var said = await openssl.StandardOutput.ReadToEndAsync().WaitAsync(Eventually.Patience);
        await openssl.WaitForExitAsync().WaitAsync(Eventually.Patience);

        Assert.Equal("Verified OK", said.Trim());
    }

    [LinuxFact]
    public async Task Attest_KeyInTheEnvironment_SignsAndStaysOutOfEveryFile()
    {
        var run = await _signed.RunAsync();
        var pem = _signed.Key.ExportPkcs8PrivateKeyPem();
        Assert.Equal(4, await CommandProcess.RunAsync(_signed.Parent, "attest", run));

        using var attest = CommandProcess.Start(_signed.Parent, $"export {Attestation.KeyVariable}='{pem}';", ["attest", run]);
        Assert.Equal(0, await attest.ExitAsync());
        Assert.Equal(0, await VerifyAsync(run));

        var secret = pem.Split('\n')[1];
        Assert.DoesNotContain(secret, attest.Error + attest.Output, StringComparison.Ordinal);
        Assert.All(Directory.EnumerateFiles(run), file => Assert.DoesNotContain(secret, File.ReadAllText(file), StringComparison.Ordinal));
    }

    /// <summary>Kept texts may go, as they do by command; a link in a file's place is no file.</summary>
    [LinuxFact]
    public async Task Verify_TextsThatWereCleaned_AreNoTampering()
    {
        var run = await _signed.RunAsync();
        File.WriteAllText(Path.Combine(run, "content.jsonl.gz"), "texts");
        Attestation.Write(run, _signed.Key);
        File.Delete(Path.Combine(run, "content.jsonl.gz"));

        Assert.Equal(0, await VerifyAsync(run));
        Assert.Contains("note: run/content.jsonl.gz: is gone, as 'chaosbench clean --content' does", _session.Error, StringComparison.Ordinal);

        File.Move(Path.Combine(run, "report.md"), Path.Combine(_signed.Parent, "elsewhere.md"));
        File.CreateSymbolicLink(Path.Combine(run, "report.md"), Path.Combine(_signed.Parent, "elsewhere.md"));
        Assert.Equal(1, await VerifyAsync(run));
    }

    [LinuxFact]
    public async Task Run_KeyInTheEnvironment_SignsWhatItWrote()
    {
        using var folder = new TempFolder();
        var file = TinyRun.File(folder, $"{{ type: onnx, model: {TinyRun.Model}, device: cpu }}");
        using var run = CommandProcess.Start(folder.Path, $"export {Attestation.KeyVariable}='{_signed.Key.ExportPkcs8PrivateKeyPem()}';", ["run", file]);

        Assert.True(await run.ExitAsync() is 0 or 2, run.Error);
        Assert.Contains("files signed by key", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, await VerifyAsync(Path.Combine(folder.Path, "runs", "latest")));

        using var bad = CommandProcess.Start(folder.Path, $"export {Attestation.KeyVariable}=nonsense;", ["run", file, "--out", "none"]);
        Assert.Equal(4, await bad.ExitAsync());
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "none")));
    }

    [Fact]
    public void KeyOfEnvironment_BadKey_IsBadUsageThatShowsNothingOfIt()
    {
        var problem = Assert.Throws<UsageException>(() => Attestation.KeyOfEnvironment(_ => "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"));

        Assert.StartsWith("CHAOSBENCH_SIGNING_KEY: the key does not read as an EC key in PEM", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", problem.Message, StringComparison.Ordinal);
        Assert.Null(Attestation.KeyOfEnvironment(_ => null));
        Assert.Null(Attestation.KeyOfEnvironment(_ => ""));
    }

    private async Task<string> SignAsync()
    {
        var run = await _signed.RunAsync();
        Attestation.Write(run, _signed.Key);
        return run;
    }

    private Task<int> VerifyAsync(string run) => _session.CallAsync("verify", run, "--key", _signed.PublicKey);

    private static string[] Paths() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
}
