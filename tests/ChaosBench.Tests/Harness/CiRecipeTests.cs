using System.Diagnostics;
using System.Text.RegularExpressions;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>
/// The shell of the CI recipes, step by step, in a checkout of its own and as the platforms start it. Stood in for: the platform's client, and the
/// build, which is there already.
/// </summary>
public sealed class CiRecipeTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private ScriptedEndpoint _endpoint = null!;

    private string Workspace => Path.Combine(_folder.Path, "workspace");

    private string Bin => Path.Combine(_folder.Path, "bin");

    public async Task InitializeAsync()
    {
        _endpoint = await ScriptedEndpoint.StartAsync();
        Directory.CreateDirectory(Workspace);
        Directory.CreateDirectory(Bin);
        _folder.File("workspace/prompts.jsonl", """{"prompt":"What is 6 times 7?","expected":"42"}""" + "\n");
        _folder.File("workspace/release.yaml", $$"""
            version: 1
            targets: { candidate: { type: openai, url: "{{_endpoint.Url}}", model: scripted } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: first
                workload: { open: { arrivals: constant, rate: 50/s } }
                mix: [ { prompts: sums, maxTokens: 8, grade: exact } ]
                phases: { warmUp: 0s, baseline: 2s, recovery: 0s }
                # How late a busy machine may send before nothing is judged: 5 % of it.
                objectives: { e2e: 60s }
                gates: ["accuracy >= 90%"]
              - { name: second, workload: 50/s, objectives: { e2e: 60s }, phases: { warmUp: 0s, baseline: 1s, recovery: 0s } }
            """);
        // The build leaves the program where the recipe looks for it: this one, already built.
        _folder.Program("bin/dotnet", $"""
            #!/bin/sh
            [ "$1" = build ] && [ -d "$2" ] && [ "$3 $4" = "-c Release" ] || exit 9
            to="$(dirname "$2")/artifacts/bin/ChaosBench.Harness/release"
            mkdir -p "$to"
            cat > "$to/chaosbench" <<'END'
            #!/bin/sh
            PATH="{Environment.GetEnvironmentVariable("PATH")}" {CommandProcess.Script}
            END
            chmod +x "$to/chaosbench"
            """.ReplaceLineEndings("\n").Replace("            cat", "cat", StringComparison.Ordinal));
        _folder.Program("bin/gh", $"""
            #!/bin/sh
            printf '%s\n' "$*" >> "{_folder.Path}/calls"
            exit 0
            """);
    }

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [LinuxTheory]
    [InlineData("42", 0, "pass")]
    [InlineData("41", 1, "fail")]
    public async Task Action_StepByStep_BuildsRunsAndComments(string answer, int code, string verdict)
    {
        _endpoint.Answer = answer;
        var checkout = Checkout("action");
        var action = YamlJson.Parse(File.ReadAllText(Repository.Path("action.yml")));
        var inputs = new Dictionary<string, string>
        {
            ["scenario"] = "release.yaml", ["arguments"] = "--scenario=first\n\n--seed=7\n", ["out"] = action["inputs"]!["out"]!["default"]!.ToString(), ["comment"] = "5",
        };
        var (outputs, ran) = (new Dictionary<string, string>(), new List<string>());
        foreach (var step in action["runs"]!["steps"]!.AsArray())
        {
            Assert.Equal("bash", step!["shell"]!.ToString());
            var failed = ran.Exists(name => name.EndsWith('!'));
            if (!Holds(step["if"]?.ToString() ?? "success()", failed, text => Filled(text, inputs, outputs, checkout)))
            {
                continue;
            }

            var variables = (step["env"]?.AsObject() ?? []).ToDictionary(pair => pair.Key, pair => Filled(pair.Value!.ToString(), inputs, outputs, checkout));
            variables["GITHUB_ACTION_PATH"] = checkout;
            var end = await ShellAsync(step["run"]!.ToString(), variables);
            ran.Add(step["name"]! + (end.Code == 0 ? "" : "!"));
            Assert.True(end.Code == (step["id"]?.ToString() == "gate" ? code : 0), end.Said);
            foreach (var line in File.ReadLines(Path.Combine(_folder.Path, "output")).Where(line => line.Contains('=', StringComparison.Ordinal)))
            {
                outputs[line[..line.IndexOf('=', StringComparison.Ordinal)]] = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..];
            }
        }

        Assert.Equal(["Build ChaosBench", code == 0 ? "Run the gate" : "Run the gate!", "Comment on the pull request"], ran);
        // What the action promises its callers is what the steps gave.
        Assert.All(action["outputs"]!.AsObject(), output => Assert.NotEqual("", Filled(output.Value!["value"]!.ToString(), inputs, outputs, checkout)));
        Assert.Equal((verdict, $"{code}", "chaosbench-runs"), (outputs["verdict"], outputs["exit-code"], outputs["runs"]));
        Assert.Contains($"## {verdict.ToUpperInvariant()}: `first`", File.ReadAllText(Path.Combine(_folder.Path, "summary.md")), StringComparison.Ordinal);
        Assert.Contains("--method POST repos/a/b/issues/5/comments", File.ReadAllText(Path.Combine(_folder.Path, "calls")), StringComparison.Ordinal);
        var run = Directory.GetDirectories(Path.Combine(Workspace, "chaosbench-runs"), "2*").Single();
        Assert.All(new[] { "report.html", "junit.xml", "findings.sarif", "metrics.txt", "findings.csv" }, file => Assert.True(File.Exists(Path.Combine(run, file)), file));
        Assert.Contains("\"seed\": 7", File.ReadAllText(Path.Combine(run, "manifest.json")), StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("42", 0)]
    [InlineData("41", 1)]
    public async Task GitLabTemplate_ItsScript_LeavesTheArtifactsThatItNames(string answer, int code)
    {
        _endpoint.Answer = answer;
        var source = Checkout("source");
        var job = YamlJson.Parse(File.ReadAllText(Repository.Path("docs", "ci", "gitlab.yml")))[".chaosbench"]!;
        var git = await ShellAsync($"cd '{source}' && git init -q . && git add -A -f && git -c user.name=x -c user.email=x@example.org commit -q -m x", []);
        Assert.True(git.Code == 0, git.Said);
        var variables = job["variables"]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.ToString());
        (variables["CHAOSBENCH_SOURCE"], variables["CHAOSBENCH_SCENARIO"]) = ($"file://{source}", "release.yaml");

        var end = await ShellAsync(string.Join('\n', job["script"]!.AsArray().Select(line => line!.ToString())), variables);

        Assert.True(end.Code == code, end.Said);
        Assert.DoesNotContain(code, job["allow_failure"]!["exit_codes"]!.AsArray().Select(one => (int)(long)one!));
        string[] named = [.. job["artifacts"]!["paths"]!.AsArray().Select(path => path!.ToString().TrimEnd('/')), .. job["artifacts"]!["reports"]!.AsObject().Select(report => report.Value!.ToString())];
        Assert.All(named, pattern => Assert.NotEmpty(Matches(pattern)));
        Assert.Equal(2, Matches(job["artifacts"]!["reports"]!["junit"]!.ToString()).Count);
        Assert.EndsWith("# EOF\n", File.ReadAllText(Path.Combine(Workspace, job["artifacts"]!["reports"]!["metrics"]!.ToString())), StringComparison.Ordinal);
    }

    /// <summary>A pattern of the platform, which knows no more than a star within a name here.</summary>
    private List<string> Matches(string pattern) => [.. Directory.EnumerateFileSystemEntries(Workspace, "*", SearchOption.AllDirectories)
        .Where(path => Regex.IsMatch(Path.GetRelativePath(Workspace, path), $"^{Regex.Escape(pattern).Replace("\\*", "[^/]*", StringComparison.Ordinal)}$"))];

    /// <summary>What of the repository the recipes touch: the scripts, and a folder to build.</summary>
    private string Checkout(string name)
    {
        var place = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.Combine(place, ".ci"));
        Directory.CreateDirectory(Path.Combine(place, "harness"));
        File.WriteAllText(Path.Combine(place, "harness", "README"), "here is what is built\n");
        foreach (var script in new[] { "gate", "comment" })
        {
            File.Copy(Repository.Path(".ci", script), Path.Combine(place, ".ci", script));
        }

        return place;
    }

    private static string Filled(string text, Dictionary<string, string> inputs, Dictionary<string, string> outputs, string checkout) =>
        Regex.Replace(text, @"\$\{\{ *([a-z_.-]+) *\}\}", match => Value(match.Groups[1].Value, inputs, outputs, checkout));

    private static string Value(string name, Dictionary<string, string> inputs, Dictionary<string, string> outputs, string checkout) => name.Split('.') switch
    {
        ["github", "action_path"] => checkout,
        ["inputs", var input] => inputs[input],
        ["steps", "gate", "outputs", var output] => outputs.GetValueOrDefault(output, ""),
        _ => throw new InvalidOperationException($"the recipe uses {name}, which this test does not know"),
    };

    /// <summary>The few forms of a condition that the action uses.</summary>
    private static bool Holds(string condition, bool failed, Func<string, string> fill) => condition.Split("&&", StringSplitOptions.TrimEntries).All(part => part switch
    {
        "always()" => true,
        "success()" => !failed,
        _ when part.EndsWith(" != ''", StringComparison.Ordinal) => fill($"${{{{ {part[..^6]} }}}}").Length > 0,
        _ => throw new InvalidOperationException($"the recipe asks {part}, which this test does not know"),
    });

    private async Task<(int Code, string Said)> ShellAsync(string script, Dictionary<string, string> variables)
    {
        var file = _folder.File("step.sh", script);
        var start = new ProcessStartInfo("timeout", ["100", "bash", "--noprofile", "--norc", "-eo", "pipefail", file])
        {
            WorkingDirectory = Workspace, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = $"{Bin}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["GITHUB_STEP_SUMMARY"] = Path.Combine(_folder.Path, "summary.md");
        start.Environment["GITHUB_OUTPUT"] = Path.Combine(_folder.Path, "output");
        start.Environment["GITHUB_REPOSITORY"] = "a/b";
        await File.AppendAllTextAsync(Path.Combine(_folder.Path, "output"), "");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync() + await error;
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}
