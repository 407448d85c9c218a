using System.Text.Json;
using System.Text.RegularExpressions;
using ChaosBench.Harness.Provenance;
using ChaosBench.Reports.Provenance;
using ChaosBench.Tests.Harness.Packaging;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Provenance;

public sealed partial class SbomCommandTests : IDisposable
{
    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [SkippableFact]
    public async Task Sbom_OfTheTool_IsValidCycloneDx()
    {
        var path = Path.Combine(_session.Folder.Path, "tool.cdx.json");

        Assert.Equal(0, await _session.CallAsync("sbom", "--out", path));

        Assert.Equal("valid", await CycloneDxSchema.ValidateAsync(path));
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal("chaosbench", document.RootElement.GetProperty("metadata").GetProperty("component").GetProperty("name").GetString());
    }

    [SkippableFact]
    public async Task Sbom_OfAModel_HasItsFilesAndItsLicence()
    {
        var path = Path.Combine(_session.Folder.Path, "model.cdx.json");

        Assert.Equal(0, await _session.CallAsync("sbom", TriageModel.RequireFolder(), "--out", path));

        Assert.Empty(_session.Error);
        Assert.Equal("valid", await CycloneDxSchema.ValidateAsync(path));
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal("MIT", document.RootElement.GetProperty("metadata").GetProperty("component").GetProperty("licenses")[0].GetProperty("license").GetProperty("id").GetString());
        Assert.Contains(document.RootElement.GetProperty("components").EnumerateArray(), file => file.GetProperty("name").GetString() == "model.onnx"
            && file.GetProperty("hashes")[0].GetProperty("content").GetString() == FileHash.OfFile(Path.Combine(TriageModel.RequireFolder(), "model.onnx")));
    }

    [SkippableFact]
    public async Task Sbom_StrangeLicences_AreStillValid()
    {
        var list = new PartsList(new Component("whole") { Licence = "MIT OR Apache-2.0" },
        [
            new Component("named") { Licence = "see the website" }, new Component("later") { Licence = "GPL-2.0+ WITH Bison-exception-2.2" }, new Component("lower") { Licence = "apache-2.0" },
            new Component("llama") { Licence = "llama3" }, new Component("none"),
        ]);
        var path = _session.Folder.File("strange.json", CycloneDx.Write(list, "0.1.0"));

        Assert.Equal("valid", await CycloneDxSchema.ValidateAsync(path));
        var text = File.ReadAllText(path);
        Assert.Contains("\"expression\": \"MIT OR Apache-2.0\"", text, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"see the website\"", text, StringComparison.Ordinal);
        Assert.Contains("\"id\": \"Apache-2.0\"", text, StringComparison.Ordinal);
        Assert.Equal(text, CycloneDx.Write(list, "0.1.0"));
    }

    [Fact]
    public void Tool_EveryPart_HasALicenceThatReads()
    {
        var parts = ToolParts.List.Parts.Where(part => part.Kind != ComponentKind.File).ToList();

        Assert.True(parts.Count > 12, $"only {parts.Count} parts");
        Assert.All(parts, part =>
        {
            Assert.True(part.Licence is not null, $"{part.Name}: its licence is not in harness/Provenance/licences.json");
            Assert.True(SpdxExpression.Parse(part.Licence!).Expression is not null, part.Name);
            Assert.NotNull(part.Version);
        });
    }

    /// <summary>The table of licences against what the packages say of themselves, where they are at hand.</summary>
    [SkippableFact]
    public void Tool_LicencesOfPackages_AreThoseOfTheirManifests()
    {
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var compared = 0;
        foreach (var part in ToolParts.List.Parts.Where(part => part.Purl?.StartsWith("pkg:nuget/", StringComparison.Ordinal) == true))
        {
            var id = part.Name.ToLowerInvariant();
            var nuspec = Path.Combine(cache, id, part.Version!, id + ".nuspec");
            if (File.Exists(nuspec) && Expression().Match(File.ReadAllText(nuspec)) is { Success: true } stated)
            {
                Assert.Equal((part.Name, stated.Groups[1].Value), (part.Name, part.Licence));
                compared++;
            }
        }

        Skip.If(compared == 0, "the NuGet packages are not in the usual folder");
    }

    /// <summary>Every library that lies beside the program is one of its parts, or its own.</summary>
    [Fact]
    public void Tool_LibrariesBesideTheProgram_AreParts()
    {
        using var deps = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "chaosbench.deps.json")));
        var names = ToolParts.List.Parts.Select(part => $"{part.Name}/{part.Version}").ToHashSet(StringComparer.OrdinalIgnoreCase);
        var packages = deps.RootElement.GetProperty("libraries").EnumerateObject().Where(one => one.Value.GetProperty("type").GetString() == "package").Select(one => one.Name).ToList();

        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.Contains(package, names));
    }

    [Fact]
    public async Task Sbom_Policy_DecidesTheExitCode()
    {
        var (good, bad, warn) = (
            _session.Folder.File("good.yaml", "allowed: [MIT, Apache-2.0, \"BSD-*\", 0BSD, PostgreSQL]\ndenied: [\"GPL-*\"]\n"),
            _session.Folder.File("bad.yaml", "allowed: [MIT, Apache-2.0, \"BSD-*\", 0BSD]\ndenied: [PostgreSQL]\n"),
            _session.Folder.File("warn.yaml", "allowed: [MIT, Apache-2.0, \"BSD-*\", 0BSD]\nunknown: warn\n"));

        Assert.Equal(0, await _session.CallAsync("sbom", "--policy", good));
        Assert.Matches("licences of [0-9]+ parts: 0 refused, 0 warned of", _session.Error);
        Assert.Equal(1, await _session.CallAsync("sbom", "--policy", bad));
        Assert.Contains("refused: chaosbench: Npgsql: PostgreSQL is denied", _session.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("sbom", "--policy", warn));
        Assert.Contains("warning: chaosbench: Npgsql: PostgreSQL is in neither list", _session.Error, StringComparison.Ordinal);
        Assert.Equal(4, await _session.CallAsync("sbom", "--policy", Path.Combine(_session.Folder.Path, "nope.yaml")));
    }

    [Fact]
    public async Task Run_LicencesThatThePolicyForbids_SendsNothing()
    {
        var file = TinyRun.File(_session.Folder, $"{{ type: onnx, model: {TinyRun.Model}, device: cpu }}");
        var policy = _session.Folder.File("strict.yaml", "allowed: [Apache-2.0, \"BSD-*\", 0BSD, PostgreSQL]\nunknown: fail\n");

        Assert.Equal(4, await _session.CallAsync("run", file, "--licences", policy, "--out", _session.Runs));

        Assert.Contains("strict.yaml: chaosbench: YamlDotNet: MIT is in neither list", _session.Error, StringComparison.Ordinal);
        Assert.Contains("strict.yaml: triage-v1: MIT is in neither list", _session.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was sent.", _session.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_session.Runs));
    }

    /// <summary>In one file, in an empty environment, the program still knows what it is made of.</summary>
    [SkippableFact]
    public async Task Sbom_ProgramOfOneFile_HasTheSameParts()
    {
        await Published.SkipWhereThereIsNoneAsync();

        using var document = JsonDocument.Parse(await Shell.DoAsync(_session.Folder.Path, $"env -i {Published.Program} sbom"));

        Assert.Equal(
            ToolParts.List.Parts.Select(part => part.Name),
            document.RootElement.GetProperty("components").EnumerateArray().Where(part => part.GetProperty("type").GetString() != "file").Select(part => part.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("model-card.json", """{"license": "Apache-2.0", "version": "3"}""", 0)]
    [InlineData("README.md", "---\nlanguage: en\nlicense: apache-2.0 # ours\n---\n# A model\nlicense: GPL-3.0-only\n", 0)]
    [InlineData("README.md", "---\nlicense: other\nlicense_name: llama3\n---\n", 1)]
    [InlineData("README.md", "# A model\nlicense: apache-2.0\n", 1)]
    [InlineData("LICENSE", "Do what you want", 1)]
    public async Task Sbom_ModelCard_SaysTheLicence(string file, string text, int exit)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_session.Folder.Path, "m")).FullName;
        File.WriteAllText(Path.Combine(folder, "model.onnx"), "weights");
        File.WriteAllText(Path.Combine(folder, file), text);

        Assert.Equal(exit, await _session.CallAsync("sbom", folder, "--policy", _session.Folder.File("p.yaml", "allowed: [Apache-2.0]")));
    }

    [Fact]
    public async Task Sbom_CardThatDoesNotMatch_IsSaid()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_session.Folder.Path, "m")).FullName;
        File.WriteAllText(Path.Combine(folder, "model.onnx"), "weights");
        File.WriteAllText(Path.Combine(folder, "model-card.json"), $$"""{"sha256": {"model.onnx": "{{new string('a', 64)}}", "gone.json": "b"} }""");

        Assert.Equal(0, await _session.CallAsync("sbom", folder));

        Assert.Contains("model.onnx: not the file that the model card speaks of", _session.Error, StringComparison.Ordinal);
        Assert.Contains("gone.json: the model card speaks of it and it is not there", _session.Error, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "model-card.json"), "[");
        Assert.Equal(4, await _session.CallAsync("sbom", folder));
        Assert.Equal(4, await _session.CallAsync("sbom", Directory.CreateDirectory(Path.Combine(_session.Folder.Path, "empty")).FullName));
        Assert.Equal(4, await _session.CallAsync("sbom", Path.Combine(folder, "nope")));
    }

    [GeneratedRegex("<license type=\"expression\">([^<]+)<")]
    private static partial Regex Expression();
}
