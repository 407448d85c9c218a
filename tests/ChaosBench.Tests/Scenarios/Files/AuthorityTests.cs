using System.Text;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Scenarios.Files;

public sealed class AuthorityTests
{
    private const string Remote = """
        version: 1
        targets:
          staging: { url: "${STAGING_URL}", apiKey: "${STAGING_KEY}", model: m }
          fixed: { url: https://llm.example.com/v1, model: m, proxy: http://proxy.example.com:3128 }
          local: { url: http://127.0.0.1:8000/v1, model: m, headers: { X-Run: "run ${RUN_ID}" } }
        prompts: { tickets: tickets.jsonl }
        allow: { hosts: [llm.example.com], environment: [STAGING_KEY] }
        scenarios:
          - { name: staging, target: staging, rate: 1/s }
          - { name: fixed, target: fixed, rate: 1/s }
          - { name: local, target: local, rate: 1/s }
        """;

    private static readonly Dictionary<string, string> Variables = new()
    {
        ["STAGING_URL"] = "https://user:hunter2@staging.internal:8443/v1?token=hunter2",
        ["STAGING_KEY"] = "sk-hunter2",
        ["RUN_ID"] = "7",
        ["LINES"] = "a\nb",
    };

    [Fact]
    public void Missing_NothingGranted_AsksForVariablesAtTheirKeys() => Assert.Equal(
    [
        "suite.yaml:3:19: the environment variable STAGING_URL is not allowed; run with --allow-env STAGING_URL",
        "suite.yaml:3:45: the environment variable STAGING_KEY is not allowed; run with --allow-env STAGING_KEY",
    ], Missing("staging", Authority.None));

    [Fact]
    public void Missing_VariableNotSet_SaysSo() => Assert.Equal(
        "suite.yaml:5:71: the environment variable RUN_ID is not set; set RUN_ID before the run",
        Assert.Single(AuthorityCheck.Missing(Read("local"), Authority.None with { Environment = ["RUN_ID"] }, new Dictionary<string, string>())).ToString());

    [Fact]
    public void Missing_HostBehindAVariable_IsNotNamed()
    {
        var problem = Assert.Single(Missing("staging", Authority.None with { Environment = ["STAGING_URL", "STAGING_KEY"] }));

        Assert.Equal("suite.yaml:3:19: the url of target 'staging' reaches out to a host that is not allowed; run with --allow-host HOST:PORT for the host in ${STAGING_URL}", problem);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_FixedHosts_TargetAndProxy() => Assert.Equal(
    [
        "suite.yaml:4:17: the url of target 'fixed' reaches out to llm.example.com:443, which is not allowed; run with --allow-host llm.example.com:443",
        "suite.yaml:4:62: the proxy of target 'fixed' reaches out to proxy.example.com:3128, which is not allowed; run with --allow-host proxy.example.com:3128",
    ], Missing("fixed", Authority.None));

    private const string WithStore = """
        version: 1
        targets:
          hidden: { type: onnx, model: m, contextStore: { postgres: "${STORE_URL}" } }
          shown: { type: onnx, model: m, contextStore: { postgres: "postgres://store:${STORE_PASSWORD}@db.example.com/store" } }
        prompts: { tickets: tickets.jsonl }
        scenarios:
          - { name: hidden, target: hidden, rate: 1/s }
          - { name: shown, target: shown, rate: 1/s }
        """;

    [Theory]
    [InlineData("hidden", "postgres://store:hunter2@db.internal:6432/store", "suite.yaml:3:61: the postgres of target 'hidden' reaches out to a host that is not allowed; run with --allow-host HOST:PORT for the host in ${STORE_URL}")]
    [InlineData("hidden", "mysql://store:hunter2@db.internal/store", "suite.yaml:3:61: this is not the URL of a PostgreSQL database; write postgres://USER@HOST:PORT/DATABASE, or the variable that holds it: \"${STORE_URL}\"")]
    [InlineData("hidden", "postgres://store:hunter2@127.0.0.1/store", null)]
    [InlineData("shown", "unused", "suite.yaml:4:60: the postgres of target 'shown' reaches out to db.example.com:5432, which is not allowed; run with --allow-host db.example.com:5432")]
    public void Missing_Store_IsAHostLikeAnyOther(string scenario, string url, string? problem)
    {
        var granted = Authority.None with { Environment = ["STORE_URL", "STORE_PASSWORD"] };
        var variables = new Dictionary<string, string> { ["STORE_URL"] = url, ["STORE_PASSWORD"] = "hunter2" };
        var read = ScenarioReader.Read("suite.yaml", Encoding.UTF8.GetBytes(WithStore), new ReadOptions { SelectedScenarios = [scenario] });

        Assert.Equal(problem is null ? [] : [problem], AuthorityCheck.Missing(read, granted, variables).Select(missing => missing.ToString()));
    }

    [Theory]
    [InlineData("postgres://store:hunter2@127.0.0.1/store")]
    [InlineData("postgres://store:hunter2${MORE}@127.0.0.1/store")]
    [InlineData("postgres://store:hunter2@${HOST}/store")]
    public void Read_PasswordInTheFile_IsRefusedAndNotShown(string url)
    {
        var text = WithStore.Replace("${STORE_URL}", url, StringComparison.Ordinal);
        var problem = Assert.Single(ScenarioReader.Read("suite.yaml", Encoding.UTF8.GetBytes(text), new ReadOptions()).Problems).ToString();

        Assert.Contains("a password written into the file; name an environment variable", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llm.example.com", true)]
    [InlineData("LLM.example.com:443", true)]
    [InlineData("llm.example.com:80", false)]
    [InlineData("example.com", false)]
    [InlineData("xllm.example.com", false)]
    public void Missing_Grant_CoversItsHostAndPort(string grant, bool isCovered) => Assert.Equal(
        isCovered ? 0 : 1, Missing("fixed", Authority.None with { Hosts = [grant, "proxy.example.com"] }).Count);

    [Fact]
    public void Missing_LoopbackWithGrantedVariable_IsFree() =>
        Assert.Empty(Missing("local", Authority.None with { Environment = ["RUN_ID"] }));

    [Theory]
    [InlineData("http://localhost:1/v1", true)]
    [InlineData("http://127.1.2.3/v1", true)]
    [InlineData("http://[::1]:9/v1", true)]
    [InlineData("http://[::ffff:127.0.0.1]/v1", true)]
    [InlineData("http://2130706433/v1", true)]
    [InlineData("http://localhost.evil.com/v1", false)]
    [InlineData("http://127.0.0.1@evil.com/v1", false)]
    [InlineData("http://169.254.169.254/latest", false)]
    [InlineData("http://0.0.0.0/v1", false)]
    public void Missing_Loopback_IsAnAddressNotASpelling(string url, bool isFree)
    {
        var text = Some.Smallest.Replace("type: onnx, model: models/triage", $"url: \"{url}\", model: m", StringComparison.Ordinal);

        Assert.Equal(isFree, AuthorityCheck.Missing(Some.Read(text), Authority.None, Variables).Count == 0);
    }

    [Fact]
    public void Missing_FileAsksForAuthority_GrantsNothing() => Assert.NotEmpty(Missing("fixed", Authority.None));

    [Fact]
    public void Missing_TargetsOfOtherScenarios_NeedNothing() =>
        Assert.Empty(AuthorityCheck.Missing(Read("local"), Authority.None with { Environment = ["RUN_ID"] }, new Dictionary<string, string> { ["RUN_ID"] = "1" }));

    [Fact]
    public void Resolve_AllowedVariables_AreFilledIn()
    {
        var resolver = new EnvironmentResolver(["RUN_ID"], Variables);

        Assert.Equal("run 7", resolver.Resolve(new Templated("run ${RUN_ID}")));
        Assert.Equal("plain $RUN_ID", resolver.Resolve(new Templated("plain $RUN_ID")));
    }

    [Fact]
    public void Resolve_NotAllowed_ThrowsWithoutTheValue()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => new EnvironmentResolver([], Variables).Resolve(new Templated("${STAGING_KEY}")));

        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryResolve_LineBreakInAVariable_IsRefused() =>
        Assert.Null(new EnvironmentResolver(["LINES"], Variables).TryResolve(new Templated("${LINES}")));

    [Fact]
    public void Settings_OfAScenario_HoldNoSecret()
    {
        var text = Remote.Replace("https://llm.example.com/v1", "\"https://user:${STAGING_KEY}@llm.example.com/v1?key=hunter2#x\"", StringComparison.Ordinal);

        var json = ScenarioSettings.Of(Some.Suite(text).Scenarios[1]).ToJsonString();

        Assert.Contains("\"url\":\"https://llm.example.com/v1\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", json, StringComparison.Ordinal);
        Assert.Contains("${STAGING_KEY}", ScenarioSettings.Of(Some.Suite(Remote).Scenarios[0]).ToJsonString(), StringComparison.Ordinal);
    }

    private static ReadResult Read(string scenario) => Some.Read(Remote, Some.Options with { SelectedScenarios = [scenario] });

    private static List<string> Missing(string scenario, Authority granted) =>
        [.. AuthorityCheck.Missing(Read(scenario), granted, Variables).Select(problem => problem.ToString())];
}
