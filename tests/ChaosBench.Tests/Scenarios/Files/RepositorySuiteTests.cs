using ChaosBench.Chaos;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Scenarios.Files;

/// <summary>The suites and the schema that the repository ships, against the real catalogue of faults.</summary>
public sealed class RepositorySuiteTests
{
    public static TheoryData<string> Suites => new(
        Directory.EnumerateFiles(Repository.Root, "scenarios.yaml")
            .Concat(Directory.EnumerateFiles(Repository.Path("scenarios"), "*.yaml"))
            .Select(path => Path.GetRelativePath(Repository.Root, path)));

    [Theory]
    [MemberData(nameof(Suites))]
    public void Read_ShippedSuite_HasNoProblems(string suite)
    {
        var read = Read(suite);

        Assert.Empty(read.Problems);
        Assert.NotEmpty(read.Suite!.Scenarios);
        Assert.Empty(AuthorityCheck.Missing(read, Authority.None, new Dictionary<string, string>()));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Read_ShippedSuite_TakesAnotherCandidate(string suite)
    {
        var model = Repository.Path("scenarios", "models", "triage-damaged");

        var read = Read(suite, $"targets.candidate.model={model}");

        Assert.Empty(read.Problems);
        Assert.All(read.Suite!.Scenarios, scenario => Assert.Equal(model, Assert.IsType<Target.Onnx>(scenario.Candidate).Model));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Suite_Modeline_NamesTheSchema(string suite)
    {
        var modeline = File.ReadLines(Repository.Path(suite)).First();

        const string Start = "# yaml-language-server: $schema=";
        Assert.StartsWith(Start, modeline, StringComparison.Ordinal);
        var schema = Path.Combine(Path.GetDirectoryName(Repository.Path(suite))!, modeline[Start.Length..].Trim());
        Assert.Equal(Repository.Path("scenarios", "scenario.schema.json"), Path.GetFullPath(schema));
    }

    [Fact]
    public void Schema_File_IsWhatTheCommandPrints() => Assert.Equal(
        SchemaWriter.Write(FaultCatalogue.All).TrimEnd(),
        File.ReadAllText(Repository.Path("scenarios", "scenario.schema.json")).TrimEnd());

    /// <summary>The line that each fault shows as its example can be pasted under <c>faults:</c>.</summary>
    [Fact]
    public void Catalogue_Examples_CanBePasted()
    {
        foreach (var kind in FaultCatalogue.All)
        {
            var text = Some.With($"phases: {{ warmUp: 5s, baseline: 20s, fault: 60s }}\nclientPolicy: {{}}\nfaults: [{kind.Example}]");

            Assert.Empty(Some.Problems(text, new ReadOptions { Faults = FaultCatalogue.All }));
        }
    }

    private static ReadResult Read(string suite, params string[] settings)
    {
        var path = Repository.Path(suite);
        return ScenarioReader.Read(path, File.ReadAllBytes(path), new ReadOptions
        {
            Faults = FaultCatalogue.All,
            FileExists = Path.Exists,
            Overrides = [.. settings.Select(setting => SettingOverride.Parse(setting)!)],
        });
    }
}
