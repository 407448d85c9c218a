using System.Text.Json.Nodes;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Packaging;

/// <summary>The manifests of docs/shards/kubernetes against what Kubernetes takes, field by field, and against each other. No cluster sees them here.</summary>
public sealed class KubernetesTests
{
    private static readonly string Deploy = Repository.Path("docs", "shards", "kubernetes");

    /// <summary>Written files, so that they are checked where there is no <c>kubectl</c> too.</summary>
    [SkippableTheory]
    [InlineData("base/job.yaml")]
    [InlineData("base/runs.yaml")]
    [InlineData("merge/job.yaml")]
    public void Manifest_AsWritten_IsWhatKubernetesTakes(string file) => AssertTaken(File.ReadAllText(Path.Combine(Deploy, file)));

    [SkippableTheory]
    [InlineData("base", "ConfigMap Job PersistentVolumeClaim", 4)]
    [InlineData("eight", "ConfigMap Job PersistentVolumeClaim", 8)]
    [InlineData("merge", "Job", null)]
    public async Task Kustomization_Rendered_IsWhatKubernetesTakes(string folder, string kinds, int? shards)
    {
        var (code, version, _) = await Shell.RunAsync("/", "kubectl version --client --output json");
        Skip.If(code != 0, "no kubectl on this machine");
        // Debian 12's is one of them.
        Skip.If(int.Parse(JsonNode.Parse(version)!["clientVersion"]!["minor"]!.GetValue<string>().TrimEnd('+'), System.Globalization.CultureInfo.InvariantCulture) < 21,
            "this kubectl is older than 1.21, whose kustomize has no patches with a target");
        var rendered = await Shell.DoAsync(Deploy, $"kubectl kustomize {folder}");

        AssertTaken(rendered);
        var objects = YamlJson.ParseAll(rendered);
        Assert.Equal(kinds, string.Join(' ', objects.Select(Kind).Order(StringComparer.Ordinal)));
        if (shards is { } number)
        {
            AssertShards(objects.Single(one => Kind(one) == "Job"), number);
        }
    }

    [Fact]
    public void Schema_AMisspeltFieldAndAWrongType_AreErrors()
    {
        var text = File.ReadAllText(Path.Combine(Deploy, "base", "job.yaml"));

        Assert.Contains("completionsMode", Problem(text.Replace("completionMode", "completionsMode", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("/spec/parallelism", Problem(text.Replace("parallelism: 4", "parallelism: four", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("runAsNonRoot", Problem(text.Replace("runAsNonRoot: true", "runAsNonRoot: 1", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Base_ShardsAreThoseOfTheJob() => AssertShards(YamlJson.ParseAll(File.ReadAllText(Path.Combine(Deploy, "base", "job.yaml"))).Single(), 4);

    [Fact]
    public void Kustomizations_EveryFileTheyName_IsThere()
    {
        foreach (var folder in Directory.EnumerateDirectories(Deploy))
        {
            var kustomization = YamlJson.ParseAll(File.ReadAllText(Path.Combine(folder, "kustomization.yaml"))).Single();
            var named = Strings(kustomization["resources"])
                .Concat((kustomization["configMapGenerator"]?.AsArray() ?? []).SelectMany(map => Strings(map!["files"]))).ToList();

            Assert.NotEmpty(named);
            Assert.All(named, name => Assert.True(Path.Exists(Path.Combine(folder, name)), $"{folder}/kustomization.yaml names {name}"));
        }
    }

    /// <summary>A mounted config map is a folder of links into a folder of links.</summary>
    [LinuxTheory]
    [InlineData("base", "model:8000")]
    [InlineData("eight", "models.example.com:443")]
    public async Task Scenario_AsItIsMounted_IsValid(string folder, string host)
    {
        using var mount = new TempFolder();
        var data = Directory.CreateDirectory(Path.Combine(mount.Path, "..2026_01_31")).FullName;
        File.Copy(Path.Combine(Deploy, folder, "scenario.yaml"), Path.Combine(data, "scenario.yaml"));
        File.Copy(Path.Combine(Deploy, "base", "prompts.jsonl"), Path.Combine(data, "prompts.jsonl"));
        await Shell.DoAsync(mount.Path, "ln -s ..2026_01_31 ..data && ln -s ..data/scenario.yaml scenario.yaml && ln -s ..data/prompts.jsonl prompts.jsonl");
        using var process = CommandProcess.Start(mount.Path, "export MODEL_API_KEY=x;", ["plan", Path.Combine(mount.Path, "scenario.yaml"), "--allow-env", "MODEL_API_KEY", "--allow-host", host]);

        Assert.True(await process.ExitAsync() == 0, process.Error);
    }

    [Fact]
    public void Job_ItsArguments_AreThoseOfTheCommand()
    {
        var jobs = new[] { "base", "merge" }.SelectMany(folder => YamlJson.ParseAll(File.ReadAllText(Path.Combine(Deploy, folder, "job.yaml"))));
        var root = ChaosBench.Harness.Commands.CommandLine.Build(new ChaosBench.Harness.Terminal(TextWriter.Null, TextWriter.Null), TimeProvider.System);

        Assert.All(jobs, job => Assert.Empty(root.Parse(Strings(Container(job)["args"])).Errors));
    }

    private static void AssertShards(JsonNode job, int number)
    {
        Assert.Equal(((long)number, (long)number), (job["spec"]!["completions"]!.GetValue<long>(), job["spec"]!["parallelism"]!.GetValue<long>()));
        var shards = Container(job)["env"]!.AsArray().Single(variable => variable!["name"]!.GetValue<string>() == "CHAOSBENCH_SHARDS");
        Assert.Equal($"{number}", shards!["value"]!.GetValue<string>());
    }

    private static void AssertTaken(string yaml) => Assert.All(Check(yaml), result => Assert.Equal("valid", result));

    private static string Problem(string yaml) => Assert.Single(Check(yaml), result => result != "valid");

    private static List<string> Check(string yaml)
    {
        var documents = YamlJson.ParseAll(yaml).Select(one => new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/definitions/V1{Kind(one)}" }, ["value"] = one.DeepClone() }.ToJsonString());
        return Ajv.Validate(File.ReadAllText(Repository.Path("tests", "ChaosBench.Tests", "Fixtures", "kubernetes", "kubernetes.schema.json")), [.. documents], perTest: true);
    }

    private static string Kind(JsonNode one) => one["kind"]!.GetValue<string>();

    private static JsonNode Container(JsonNode job) => job["spec"]!["template"]!["spec"]!["containers"]![0]!;

    private static string[] Strings(JsonNode? list) => [.. (list?.AsArray() ?? []).Select(text => text!.GetValue<string>())];
}
