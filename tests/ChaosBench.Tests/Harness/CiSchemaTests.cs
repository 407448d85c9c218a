using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ChaosBench.Tests.Docs;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>The CI recipes against the schemas that their platforms' editors use.</summary>
public sealed class CiSchemaTests
{
    private const string Valid = "valid";

    [SkippableFact]
    public void Action_AsShipped_IsOneByTheSchemaAndAMisspeltOneIsNot()
    {
        var text = File.ReadAllText(Repository.Path("action.yml"));

        var said = Validate("github-action.json", YamlJson.Parse(text), YamlJson.Parse(text.Replace("shell: bash", "shel: bash", StringComparison.Ordinal)));

        Assert.Equal(Valid, said[0]);
        Assert.NotEqual(Valid, said[1]);
    }

    [SkippableFact]
    public void GitLabTemplate_AsShipped_IsOneByTheSchemaAlsoAsAJobThatRuns()
    {
        var text = File.ReadAllText(Repository.Path("docs", "ci", "gitlab.yml"));
        // A job whose name begins with a dot is a template, of which schemas ask little.
        var job = text.Replace("\n.chaosbench:", "\nchaosbench:", StringComparison.Ordinal);
        Assert.NotEqual(text, job);

        var said = Validate("gitlab-ci.json",
            [YamlJson.Parse(text), YamlJson.Parse(job), YamlJson.Parse(job.Replace("exit_codes:", "exit_code:", StringComparison.Ordinal)), .. Blocks("CHAOSBENCH_SOURCE")]);

        Assert.Equal([Valid, Valid], said[..2]);
        Assert.NotEqual(Valid, said[2]);
        Assert.NotEmpty(said[3..]);
        Assert.All(said[3..], one => Assert.Equal(Valid, one));
    }

    [SkippableFact]
    public void Workflows_InTheDocumentation_AreOnesByTheSchema()
    {
        var workflows = Blocks("uses:").Select(block => block is JsonArray steps ? Around(steps) : block).ToList();
        Assert.True(workflows.Count >= 2, $"only {workflows.Count} found");
        var wrong = workflows[0].DeepClone();
        wrong["jobs"]!.AsObject().First().Value!["runs_on"] = "x";

        var said = Validate("github-workflow.json", [.. workflows, wrong]);

        Assert.All(said[..^1], one => Assert.Equal(Valid, one));
        Assert.NotEqual(Valid, said[^1]);
    }

    /// <summary>What the documented workflow gives the action are inputs that the action has, and what it takes are outputs.</summary>
    [Fact]
    public void Workflow_InTheDocumentation_UsesTheActionAsItIs()
    {
        var action = YamlJson.Parse(File.ReadAllText(Repository.Path("action.yml")));
        var page = DocumentedCommands.Block("ci.md", "yaml", "OWNER/chaosbench");
        var step = YamlJson.Parse(page)["jobs"]!["promote"]!["steps"]!.AsArray().Single(one => one!["uses"]?.ToString().Contains("chaosbench", StringComparison.Ordinal) == true)!;

        Assert.All(step["with"]!.AsObject(), given => Assert.NotNull(action["inputs"]![given.Key]));
        Assert.All(action["inputs"]!.AsObject().Where(input => (bool?)input.Value!["required"] == true), input => Assert.NotNull(step["with"]![input.Key]));
        Assert.All(Regex.Matches(page, @"steps\.gate\.outputs\.([a-z-]+)"), match => Assert.NotNull(action["outputs"]![match.Groups[1].Value]));
    }

    private static JsonObject Around(JsonArray steps) => new JsonObject
    {
        ["on"] = "push",
        ["jobs"] = new JsonObject { ["gate"] = new JsonObject { ["runs-on"] = "ubuntu-latest", ["steps"] = steps.DeepClone() } },
    };

    private static IEnumerable<JsonNode> Blocks(string with) => DocumentedCommands.Pages()
        .SelectMany(page => Regex.Matches(File.ReadAllText(page), "^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline))
        .Select(match => match.Groups[1].Value).Where(block => block.Contains(with, StringComparison.Ordinal)).Select(YamlJson.Parse);

    private static List<string> Validate(string schema, params JsonNode[] documents) => Ajv.Validate(
        File.ReadAllText(Repository.Path("tests", "ChaosBench.Tests", "Fixtures", "ci", schema)), [.. documents.Select(document => document.ToJsonString())], lenient: true);
}
