using System.Security.Cryptography;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Reports;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Provenance;

/// <summary>A finished run of a small model folder, and the keys of two people.</summary>
internal sealed class SignedRun : IDisposable
{
    private readonly TempFolder _folder = new();

    public SignedRun()
    {
        Model = Directory.CreateDirectory(Path.Combine(_folder.Path, "tiny")).FullName;
        File.WriteAllText(Path.Combine(Model, "model.onnx"), "weights");
        File.WriteAllText(Path.Combine(Model, "tokenizer.json"), "{}");
        PublicKey = _folder.File("pub.pem", Key.ExportSubjectPublicKeyInfoPem());
        OtherPublicKey = _folder.File("other.pem", OtherKey.ExportSubjectPublicKeyInfoPem());
    }

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ECDsa OtherKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Model { get; }

    public string PublicKey { get; }

    public string OtherPublicKey { get; }

    public string Parent => _folder.Path;

    /// <returns>The folder, with reports and without a signature.</returns>
    public async Task<string> RunAsync(string name = "run", string scenario = "steady")
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
        var facts = new Dictionary<string, string> { ["modelSha256"] = Convert.ToHexStringLower(SHA256.HashData("weights"u8)) };
        RunFiles.WriteManifest(folder, Some.Manifest(scenario) with { Targets = [new TargetEntry("candidate", Some.Candidate, "onnx", Model, facts)] });
        await using (var journal = JournalWriter.Create(folder, TimeProvider.System))
        {
            journal.Write(Some.Run());
            foreach (var entry in Some.Requests(60, (number, at) => Some.Request(number, at)))
            {
                journal.Write(entry);
            }

            journal.Write(Some.End());
        }

        RunFolder.Rebuild(folder);
        return folder;
    }

    public void Dispose()
    {
        _folder.Dispose();
        Key.Dispose();
        OtherKey.Dispose();
    }
}
