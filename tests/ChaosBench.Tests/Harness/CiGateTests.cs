using System.Diagnostics;
using System.Text.Json;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>The scripts behind the CI recipes, with the platform's variables and a stand-in for its client.</summary>
public sealed class CiGateTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private ScriptedEndpoint _endpoint = null!;

    private string Runs => Path.Combine(_folder.Path, "out");

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public async Task Gate_BrokenGate_ExitsOneAndLeavesEveryReport()
    {
        _endpoint.Answer = "41";
        var (summary, output) = (_folder.File("summary.md", ""), _folder.File("output", ""));

        var (code, said) = await GateAsync("accuracy >= 90%", ("GITHUB_STEP_SUMMARY", summary), ("GITHUB_OUTPUT", output));

        Assert.True(code == 1, said);
        Assert.Equal(["verdict=fail", "exit-code=1", $"runs={Runs}"], File.ReadLines(output));
        Assert.StartsWith("<!-- chaosbench-report ci -->\n## FAIL: `ci`", File.ReadAllText(summary), StringComparison.Ordinal);
        var run = Directory.GetDirectories(Runs, "2*").Single();
        var sarif = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(run, "findings.sarif")));
        var place = sarif.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("ci.yaml", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal(10, place.GetProperty("region").GetProperty("startLine").GetInt32());
        Assert.EndsWith("# EOF\n", File.ReadAllText(Path.Combine(Runs, "metrics.txt")), StringComparison.Ordinal);
        Assert.Contains("accuracy >= 90%", File.ReadAllText(Path.Combine(run, "findings.csv")), StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Gate_BadFile_ExitsFourWithoutRuns()
    {
        var (code, said) = await GateAsync("accuracy >= 90", ("GITHUB_OUTPUT", _folder.File("output", "")));

        Assert.Equal(4, code);
        Assert.Contains("ci.yaml:10:", said, StringComparison.Ordinal);
        Assert.Contains("verdict=usage", File.ReadAllText(Path.Combine(_folder.Path, "output")), StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Comment_SecondRun_UpdatesTheFirstComment()
    {
        await GateAsync("error_rate <= 90%");
        // Answers as the platform's client does after its --jq: number, tab, first line; writes down how it was called.
        Directory.CreateDirectory(Path.Combine(_folder.Path, "bin"));
        _folder.Program("bin/gh", $"""
            #!/bin/sh
            printf '%s\n' "$*" >> "{_folder.Path}/calls"
            case "$*" in *--jq*) cat "{_folder.Path}/comments" 2>/dev/null ;; esac
            exit 0
            """);

        var first = await CommentAsync();
        _folder.File("comments", "41\tsomebody's\n77\t<!-- chaosbench-report ci -->\n");
        var second = await CommentAsync();

        Assert.Equal((0, "posted a comment"), (first.Code, first.Said.Trim()));
        Assert.Equal((0, "updated comment 77"), (second.Code, second.Said.Trim()));
        var calls = File.ReadAllLines(Path.Combine(_folder.Path, "calls"));
        Assert.Contains("--method POST repos/a/b/issues/5/comments", calls[1], StringComparison.Ordinal);
        Assert.Contains("--method PATCH repos/a/b/issues/comments/77", calls[3], StringComparison.Ordinal);
    }

    /// <summary>Twenty reports of the greatest length: the platform drops a summary over 1 MiB whole.</summary>
    [LinuxFact]
    public async Task Gate_ManyLongReports_FillTheSummaryUpToItsLimitAndNameEachVerdict()
    {
        var summary = _folder.File("summary.md", new string('x', 100_000));
        var program = _folder.Program("chaosbench", """
            #!/bin/sh
            [ "$1" = run ] || exit 0
            for at in $(seq 10 29); do
              mkdir -p "out/20260101T0000${at}Z-s$at-1"
              { printf '<!-- chaosbench-report s%s -->\n## FAIL: `s%s`\n\n**why**\n' "$at" "$at"; head -c 60000 /dev/zero | tr '\0' y; } > "out/20260101T0000${at}Z-s$at-1/report.md"
              echo '{}' > "out/20260101T0000${at}Z-s$at-1/summary.json"
            done
            exit 1
            """);

        var (code, said) = await RunAsync(
            [Repository.Path(".ci", "gate"), "ci.yaml"], [("CHAOSBENCH", program), ("CHAOSBENCH_OUT", "out"), ("GITHUB_STEP_SUMMARY", summary)]);

        Assert.True(code == 1, said);
        var text = File.ReadAllText(summary);
        Assert.InRange(text.Length, 600_000, 1 << 20);
        Assert.All(Enumerable.Range(10, 20), at => Assert.Contains($"## FAIL: `s{at}`", text, StringComparison.Ordinal));
    }

    [LinuxFact]
    public async Task Comment_ManyLongReports_StaysAComment()
    {
        for (var at = 1; at <= 9; at++)
        {
            Directory.CreateDirectory(Path.Combine(Runs, $"2-{at}"));
            File.WriteAllText(Path.Combine(Runs, $"2-{at}", "report.md"), $"<!-- chaosbench-report s{at} -->\n## FAIL: `s{at}`\n\n**why**\n{new string('é', 20_000)}");
        }

        Directory.CreateDirectory(Path.Combine(_folder.Path, "bin"));
        _folder.Program("bin/gh", $"""
            #!/bin/sh
            case "$*" in *body=@*) for word in "$@"; do case "$word" in body=@*) cp "${"{word#body=@}"}" "{_folder.Path}/body" ;; esac; done ;; esac
            exit 0
            """);

        var (code, said) = await CommentAsync();

        Assert.Equal((0, "posted a comment"), (code, said.Trim()));
        var body = File.ReadAllText(Path.Combine(_folder.Path, "body"));
        Assert.InRange(body.Length, 20_000, 65_536);
        Assert.StartsWith("<!-- chaosbench-report s1 -->", body, StringComparison.Ordinal);
        Assert.All(Enumerable.Range(1, 9), at => Assert.Contains($"## FAIL: `s{at}`", body, StringComparison.Ordinal));
    }

    [LinuxFact]
    public async Task Comment_NumberThatIsNone_IsRefused()
    {
        var (code, said) = await RunAsync([Repository.Path(".ci", "comment"), Runs, "5; id"], []);

        Assert.Equal(4, code);
        Assert.Contains("is no number", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("action.yml")]
    [InlineData("docs/ci/gitlab.yml")]
    public void Recipe_AsShipped_IsYamlAndNamesScriptsThatExist(string recipe)
    {
        var text = File.ReadAllText(Repository.Path(recipe.Split('/')));
        var reading = new Reading(recipe, new ReadOptions());

        Assert.NotNull(NodeTree.Parse(text, reading));
        Assert.Contains(".ci/gate", text, StringComparison.Ordinal);
        Assert.All(new[] { "gate", "comment" }, script => Assert.True(File.Exists(Repository.Path(".ci", script))));
    }

    private Task<(int Code, string Said)> CommentAsync() => RunAsync(
        [Repository.Path(".ci", "comment"), Runs, "5"],
        [("PATH", $"{_folder.Path}/bin:{Environment.GetEnvironmentVariable("PATH")}"), ("GITHUB_REPOSITORY", "a/b")]);

    private async Task<(int Code, string Said)> GateAsync(string gate, params (string, string)[] variables)
    {
        _folder.File("prompts.jsonl", """{"prompt":"What is 6 times 7?","expected":"42"}""" + "\n");
        _folder.File("ci.yaml", $$"""
            version: 1
            targets: { candidate: { type: openai, url: "{{_endpoint.Url}}", model: scripted } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: ci
                workload: { open: { arrivals: constant, rate: 50/s } }
                mix: [ { prompts: sums, maxTokens: 8, grade: exact } ]
                phases: { warmUp: 0s, baseline: 2s, recovery: 0s }
                gates:
                  - {{gate}}
            """);
        var program = _folder.Program("chaosbench", $"#!/bin/sh\n{CommandProcess.Script}\n");
        // A machine too busy to send in time voids a run, here as anywhere.
        for (var again = 0; ; again++)
        {
            var end = await RunAsync([Repository.Path(".ci", "gate"), "ci.yaml"], [("CHAOSBENCH", program), ("CHAOSBENCH_OUT", Runs), .. variables]);
            if (again == 3 || !end.Said.Contains("the generator was", StringComparison.Ordinal))
            {
                return end;
            }

            Directory.Delete(Runs, recursive: true);
            foreach (var (_, file) in variables)
            {
                File.WriteAllText(file, "");
            }
        }
    }

    private async Task<(int Code, string Said)> RunAsync(string[] words, (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("timeout", ["100", "bash", .. words])
        {
            WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync() + await error;
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}
