using System.Text.Json;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Tests.Reports.Comparing;

public sealed class ChangesTests
{
    [Fact]
    public void Between_SameManifest_IsNothing() => Assert.Empty(Changes.Between(Some.Manifest("steady"), Some.Manifest("steady")));

    [Fact]
    public void Between_OtherModelAndMachine_NamesThemModelFirst()
    {
        var before = With(Some.Manifest("steady"), ("modelSha256", "a"), ("tokenizerSha256", "t"), ("runtime", "1.28"), ("executionProvider", "CPU"));
        var after = With(Some.Manifest("steady"), ("modelSha256", "b"), ("tokenizerSha256", "u"), ("runtime", "1.29"), ("executionProvider", "CUDA"), ("driver", "580"))
            with { Machine = new MachineFacts("Linux", "x64", "10.0", null, 8, null), ToolVersion = "0.2.0" };

        var changes = Changes.Between(before, after);

        Assert.Equal(
            ["model", "tokenizer", "runtime", "provider", "driver", "tool", "machine"],
            changes.Select(change => change.What));
        Assert.Equal(new Change("driver", "candidate driver", null, "580"), changes[4]);
        Assert.Equal(new Change("machine", "cores", "2", "8"), changes[^1]);
    }

    [Fact]
    public void Between_OtherLibraries_NamesThem()
    {
        static Manifest With(params (string Name, string Version)[] packages) =>
            Some.Manifest("steady") with { Packages = packages.ToDictionary(one => one.Name, one => one.Version) };

        var changes = Changes.Between(With(("Npgsql", "10.0.0"), ("Polly.Core", "8.9.0")), With(("Dapper", "2.1.86"), ("Polly.Core", "8.9.1")));

        Assert.Equal(
            [new Change("package", "Dapper", null, "2.1.86"), new Change("package", "Npgsql", "10.0.0", null), new Change("package", "Polly.Core", "8.9.0", "8.9.1")],
            changes);
        Assert.Empty(Changes.Between(Some.Manifest("steady"), With(("Dapper", "2.1.86"))));
    }

    [Fact]
    public void Between_ScenarioEdited_NamesTheKeys()
    {
        Manifest Of(string json) => Some.Manifest("steady") with { ResolvedScenario = JsonDocument.Parse(json).RootElement };

        var changes = Changes.Between(
            Of("""{"mix":[{"weight":1},{"weight":2}],"phases":{"warmUp":2},"drain":30}"""),
            Of("""{"mix":[{"weight":1}],"phases":{"warmUp":3},"drain":30}"""));

        Assert.Equal(["mix[1]", "phases.warmUp"], changes.Select(change => change.Where).Order(StringComparer.Ordinal));
        Assert.Equal(("2", "3"), changes.Where(change => change.Where == "phases.warmUp").Select(change => (change.Before, change.After)).Single());
    }

    [Fact]
    public void Between_HugeEdit_IsCut()
    {
        string Json(int seed) => JsonSerializer.Serialize(Enumerable.Range(0, 5_000).ToDictionary(i => $"k{i}", i => i + seed));
        Manifest Of(int seed) => Some.Manifest("steady") with { ResolvedScenario = JsonDocument.Parse(Json(seed)).RootElement };

        Assert.InRange(Changes.Between(Of(0), Of(1)).Count, 1, 50);
    }

    private static Manifest With(Manifest manifest, params (string Key, string Value)[] facts) => manifest with
    {
        Targets = [manifest.Targets[0] with { Facts = facts.ToDictionary(fact => fact.Key, fact => fact.Value) }],
    };
}
