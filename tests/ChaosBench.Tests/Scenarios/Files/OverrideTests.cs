using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Scenarios.Files;

public sealed class OverrideTests
{
    private const string Pair = """
        version: 1
        targets:
          stable: { type: onnx, model: models/v1 }
          next-2.5: { type: onnx, model: models/v2 }
        prompts: { tickets: tickets.jsonl }
        scenarios:
          - name: compare
            targets: { baseline: stable, candidate: next-2.5 }
            rate: 20/s
            phases: { baseline: 5s }
          - name: alone
            target: stable
            rate: 5/s
        """;

    [Theory]
    [InlineData("targets.next-2.5.model=models/v3")]
    [InlineData("targets.candidate.model=models/v3")]
    public void Set_TargetsModel_ByNameOrByRole(string setting)
    {
        var scenario = Read(setting, "compare").Suite!.Scenarios[0];

        Assert.Equal("models/v3", Assert.IsType<Target.Onnx>(scenario.Candidate).Model);
        Assert.Equal("models/v1", Assert.IsType<Target.Onnx>(scenario.Baseline).Model);
    }

    [Fact]
    public void Set_CandidateRole_MeansTheCandidatesOfTheSelectedScenarios()
    {
        var suite = Read("targets.candidate.model=models/v3").Suite!;

        Assert.All(suite.Scenarios, scenario => Assert.Equal("models/v3", Assert.IsType<Target.Onnx>(scenario.Candidate).Model));
        Assert.Equal("models/v1", Assert.IsType<Target.Onnx>(Read("targets.candidate.replicas=1", "compare").Suite!.Scenarios[0].Baseline).Model);
    }

    [Fact]
    public void Set_OnlyTarget_IsTheCandidate()
    {
        var text = Some.Smallest.Replace("candidate:", "mine:", StringComparison.Ordinal);

        var suite = Some.Suite(text, With("targets.candidate.model=models/other"));

        Assert.Equal("models/other", Assert.IsType<Target.Onnx>(suite.Scenarios[0].Candidate).Model);
    }

    [Theory]
    [InlineData("scenarios[0].phases.baseline=7s", 7)]
    [InlineData("scenarios.compare.phases.baseline=8s", 8)]
    [InlineData("scenarios.compare.phases={ baseline: 9s }", 9)]
    public void Set_Phases_ByPlaceOrName(string setting, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read(setting).Suite!.Scenarios[0].Phases.Baseline);

    [Fact]
    public void Set_KeyThatTheFileLeavesOut_IsAdded()
    {
        Assert.Equal(TimeSpan.FromSeconds(9), Read("scenarios.alone.phases.fault=9s").Suite!.Scenarios[1].Phases.Fault);
        Assert.Equal(99UL, Read("seed=99").Suite!.Seed);
    }

    [Fact]
    public void Set_ListValue_IsYaml() =>
        Assert.Equal("p99 ttft < 1s", Assert.Single(Read("scenarios.alone.gates=[p99 ttft < 1s]").Suite!.Scenarios[1].Gates).Text);

    [Fact]
    public void Set_Path_IsRelativeToTheWorkingDirectory()
    {
        var options = With("targets.stable.model=models/here");

        var read = ScenarioReader.Read("suites/pair.yaml", System.Text.Encoding.UTF8.GetBytes(Pair), options);

        Assert.Equal("models/here", Assert.IsType<Target.Onnx>(read.Suite!.Scenarios[1].Candidate).Model);
        Assert.Equal(Path.Combine("suites", "models/v2"), Assert.IsType<Target.Onnx>(read.Suite.Scenarios[0].Candidate).Model);
    }

    [Theory]
    [InlineData("targets.stabel.model=x", "--set targets.stabel.model: there is no 'stabel' here; did you mean 'stable'?")]
    [InlineData("targets.stable.modle=x", "--set targets.stable.modle: unknown key 'modle' in an onnx target; did you mean 'model'?")]
    [InlineData("scenario[0].drain=1s", "--set scenario[0].drain: there is no 'scenario' here; did you mean 'scenarios'?")]
    [InlineData("scenarios[2].drain=1s", "--set scenarios[2].drain: the list has no '[2]'; write [0] to [1], or a name: compare, alone")]
    [InlineData("scenarios.lone.drain=1s", "--set scenarios.lone.drain: the list has no 'lone'; write [0] to [1], or a name: compare, alone")]
    [InlineData("scenarios[x].drain=1s", "--set scenarios[x].drain: the list has no '[x]'; write [0] to [1], or a name: compare, alone")]
    [InlineData("scenarios[0].drain=1", "--set scenarios[0].drain: '1' has no unit; write 1s or 1ms")]
    [InlineData("scenarios[0].rate.x=1", "--set scenarios[0].rate.x: the value '20/s' has nothing in it called 'x'; end the path before it")]
    [InlineData("seed=", "--set seed: no value after =; write --set path=value")]
    [InlineData("seed=[", "--set seed: this is not YAML: While parsing a node, did not find expected node content; check the indentation, the quotes and the brackets here")]
    public void Set_WrongPathOrValue_IsAProblem(string setting, string expected) =>
        Assert.Equal(expected, Read(setting).Problems[0].ToString());

    [Theory]
    [InlineData("no equals sign")]
    [InlineData("=value")]
    public void Parse_NotASetting_IsNull(string text) => Assert.Null(SettingOverride.Parse(text));

    [Fact]
    public void Read_SelectedScenario_LeavesTheOthersOut() =>
        Assert.Equal("alone", Assert.Single(Read("seed=1", "alone").Suite!.Scenarios).Name);

    [Fact]
    public void Read_UnknownScenario_NamesTheNearest() => Assert.Equal(
        "--scenario: there is no scenario 'alnoe' in suite.yaml; did you mean 'alone'?", Assert.Single(Read("seed=1", "alnoe").Problems).ToString());

    [Fact]
    public void Read_Seed_CommandLineWins() =>
        Assert.Equal(7UL, Some.Suite(Pair, With("seed=5") with { Seed = 7 }).Seed);

    private static ReadResult Read(string setting, params string[] selected) =>
        Some.Read(Pair, With(setting) with { SelectedScenarios = selected });

    private static ReadOptions With(string setting) => Some.Options with { Overrides = [SettingOverride.Parse(setting)!] };
}
