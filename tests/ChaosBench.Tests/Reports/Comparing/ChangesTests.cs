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

    [Fact]
    public void Alike_OtherModel_IsAllTheRest()
    {
        var before = With(Some.Manifest("steady"), ("modelSha256", "a"), ("runtime", "1.29")) with { Packages = Packages("10.0.0") };
        var after = With(Some.Manifest("steady"), ("modelSha256", "b"), ("runtime", "1.29")) with { Packages = Packages("10.0.1") };

        var (changes, alike) = (Changes.Between(before, after), Changes.Alike(before, after));

        Assert.Equal([("model", "candidate modelSha256"), ("package", "Npgsql")], changes.Select(change => (change.What, change.Where)));
        Assert.DoesNotContain(alike, fact => fact.What == "model");
        Assert.Contains(alike, fact => fact is { What: "runtime", Before: "1.29" });
        Assert.Contains(alike, fact => fact is { What: "package", Where: "4: Bogus, Dapper, Polly.Core, ..." });
        Assert.Equal(
            "Different: model, packages. The same: target, runtime, tool, scenario, plan, machine.", ChangeWords.Sentence(changes, alike));
    }

    [Fact]
    public void Within_TwoVersions_TellsFactsAndSettingsAndWhatIsAlike()
    {
        static TargetEntry Side(string role, string sha) => new(
            role, role, "onnx", "models/m", new Dictionary<string, string> { ["modelSha256"] = sha, ["tokenizerSha256"] = "t" });
        var run = Some.Manifest("ab") with
        {
            Targets = [Side("candidate", "b"), Side("baseline", "a")],
            ResolvedScenario = JsonDocument.Parse(
                """{"candidate":{"name":"x","replicas":2,"guardrails":{"injection":"allow"}},"baseline":{"name":"y","replicas":1,"guardrails":{"injection":"allow"}}}""").RootElement,
        };

        var (changes, alike) = (Changes.Within(run), Changes.AlikeWithin(run));

        Assert.Equal(
            [new Change("model", "modelSha256", "a", "b"), new Change("target", "name", "baseline", "candidate"), new Change("target", "replicas", "1", "2")], changes);
        Assert.Contains(new Change("target", "guardrails.injection", "allow", "allow"), alike);
        Assert.Contains(alike, fact => fact.What == "tokenizer");
        Assert.Contains(alike, fact => fact.What == "machine");
        Assert.Contains(alike, fact => fact.What == "tool");
    }

    [Fact]
    public void Within_OneVersion_IsNothing()
    {
        Assert.Empty(Changes.Within(Some.Manifest("steady")));
        Assert.Empty(Changes.AlikeWithin(Some.Manifest("steady")));
    }

    private static Dictionary<string, string> Packages(string npgsql) => new()
    {
        ["Bogus"] = "34", ["Dapper"] = "2", ["Polly.Core"] = "8", ["YamlDotNet"] = "16", ["Npgsql"] = npgsql,
    };

    private static Manifest With(Manifest manifest, params (string Key, string Value)[] facts) => manifest with
    {
        Targets = [manifest.Targets[0] with { Facts = facts.ToDictionary(fact => fact.Key, fact => fact.Value) }],
    };
}
