using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Storing;

/// <summary>The commands that know a store, against a real one and one that is down.</summary>
[Collection(PostgresTests.Name)]
public sealed class StoreCommandTests : IDisposable
{
    private const string Down = "CHAOSBENCH_TEST_STORE_DOWN";

    private readonly PostgresServer _postgres;
    private readonly CommandSession _session = new();
    private readonly string _variable = $"CHAOSBENCH_TEST_STORE_{Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal)}";

    public StoreCommandTests(PostgresServer postgres)
    {
        _postgres = postgres;
        Environment.SetEnvironmentVariable(Down, "postgres://bench:hunter2@127.0.0.1:1/bench");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(_variable, null);
        _session.Dispose();
    }

    [Fact]
    public async Task Run_StoreIsDown_KeepsItsVerdictAndSaysHowToPushLater()
    {
        await using var endpoint = await ScriptedEndpoint.StartAsync();

        Assert.Equal(0, await _session.RunAsync(Scenario(endpoint), "--store", Down));

        Assert.Contains("not in the store: PostgreSQL does not answer", _session.Error, StringComparison.Ordinal);
        Assert.Contains($"push it later: chaosbench push {_session.RunPath} --store {Down}", _session.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", _session.Everything(), StringComparison.Ordinal);
        Assert.DoesNotContain(Down, File.ReadAllText(Path.Combine(_session.RunPath, "manifest.json")), StringComparison.Ordinal);

        Assert.Equal(3, await _session.CallAsync("push", _session.RunPath, "--store", Down));
        Assert.Equal(3, await _session.CallAsync("history", "--store", Down));
        Assert.Equal(3, await _session.CallAsync("promote", _session.RunPath, "--store", Down));
        Assert.Equal(3, await _session.CallAsync("compare", "main", _session.RunPath, "--store", Down));
        var sent = endpoint.Requests;
        Assert.Equal(3, await _session.CallAsync("run", Scenario(endpoint), "--out", _session.Runs, "--store", Down, "--baseline", "main"));
        Assert.Equal(sent, endpoint.Requests);
    }

    [SkippableFact]
    public async Task Team_PushPromoteCompareHistory_ShareOneStore()
    {
        Environment.SetEnvironmentVariable(_variable, await _postgres.NewDatabaseAsync());
        var (a, b) = (await MadeRun.WriteAsync(_session.Runs, "a"), await MadeRun.WriteAsync(_session.Runs, "b", ttft: 0.2));
        Directory.CreateDirectory(Path.Combine(_session.Runs, "none"));

        Assert.Equal(0, await _session.CallAsync("push", _session.Runs, "--store", _variable));
        Assert.Equal(2, _session.Out.Split('\n').Count(line => line.StartsWith("pushed ", StringComparison.Ordinal)));
        Assert.Equal(0, await _session.CallAsync("push", a, "--store", _variable));
        Assert.Contains("unchanged", _session.Out, StringComparison.Ordinal);
        Assert.Equal(4, await _session.CallAsync("push", Path.Combine(_session.Runs, "none"), "--store", _variable));

        Assert.True(await _session.CallAsync("promote", a, "--store", _variable, "--by", "the team") == 0, _session.Error);
        Directory.Delete(a, recursive: true); // another machine never had it
        Assert.Equal(1, await _session.CallAsync("compare", "main", b, "--store", _variable));
        Assert.Equal(4, await _session.CallAsync("compare", "nobodys", b, "--store", _variable));

        _session.Forget();
        Assert.Equal(0, await _session.CallAsync("promote", "--store", _variable));
        Assert.Matches("^main  steady  a  pass, promoted .* by the team", _session.Out);
        Assert.Equal(0, await _session.CallAsync("history", "--store", _variable));
        Assert.Matches(@"p95 ttft +2 runs", _session.Out);
        Assert.Equal(4, await _session.CallAsync("history"));
        Assert.Equal(4, await _session.CallAsync("history", _session.Runs, "--store", _variable));
    }

    [SkippableFact]
    public async Task Compare_JournalDamagedInTheStore_IsRefused()
    {
        var url = await _postgres.NewDatabaseAsync();
        Environment.SetEnvironmentVariable(_variable, url);
        var run = await MadeRun.WriteAsync(_session.Runs, "a");
        Assert.Equal(0, await _session.CallAsync("promote", run, "--store", _variable));

        await PostgresServer.ExecuteAsync(url, "UPDATE chaosbench_runs.journals SET bytes = substring(bytes for 100)");
        Assert.Equal(4, await _session.CallAsync("compare", "main", run, "--store", _variable));
        await PostgresServer.ExecuteAsync(url, "DELETE FROM chaosbench_runs.journals");
        Assert.Equal(4, await _session.CallAsync("compare", "main", run, "--store", _variable));
        Assert.Contains("does not hold its journal any more", _session.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Run_WithStoreAndItsBaseline_IsJudgedAndPushed()
    {
        Environment.SetEnvironmentVariable(_variable, await _postgres.NewDatabaseAsync());
        await using var endpoint = await ScriptedEndpoint.StartAsync();
        Assert.Equal(0, await _session.RunAsync(Scenario(endpoint), "--store", _variable));
        Assert.True(await _session.CallAsync("promote", _session.RunPath, "--store", _variable) == 0, _session.Error);
        Directory.Delete(_session.Runs, recursive: true);
        endpoint.Answer = "41";

        Assert.Equal(1, await _session.CallAsync("run", Scenario(endpoint), "--out", _session.Runs, "--store", _variable, "--baseline", "main", "--margin", "100%"));

        Assert.Contains(_session.Summary.Findings, finding => finding.Advice.StartsWith("accuracy changed by -100 pp", StringComparison.Ordinal));
        _session.Forget();
        Assert.Equal(0, await _session.CallAsync("history", "--store", _variable));
        Assert.Matches(@"accuracy +2 runs", _session.Out);
    }

    [SkippableFact]
    public async Task Push_PasswordInTheEnvironment_IsEnough()
    {
        var url = new Uri(await _postgres.NewDatabaseAsync());
        var run = await MadeRun.WriteAsync(_session.Runs, "a");
        var bare = $"postgres://{PostgresServer.User}@{url.Authority}{url.AbsolutePath}";

        using var right = CommandProcess.Start(_session.Folder.Path, $"export PGPASSWORD='{PostgresServer.Password}';", ["push", run, "--store", bare]);
        Assert.True(await right.ExitAsync() == 0, right.Error);
        var file = _session.Folder.File("pgpass", $"127.0.0.1:{url.Port}:*:{PostgresServer.User}:{PostgresServer.Password.Replace(":", "\\:", StringComparison.Ordinal)}\n");
        using var kept = CommandProcess.Start(_session.Folder.Path, $"chmod 600 {file}; export PGPASSFILE={file};", ["push", run, "--store", bare]);
        Assert.True(await kept.ExitAsync() == 0, kept.Error);
        using var wrong = CommandProcess.Start(_session.Folder.Path, "export PGPASSWORD=hunter2;", ["push", run, "--store", bare]);
        Assert.Equal(3, await wrong.ExitAsync());
        Assert.Contains("refuses the user or the password", wrong.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", wrong.Error, StringComparison.Ordinal);
    }

    private string Scenario(ScriptedEndpoint endpoint)
    {
        _session.Folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?","expected":"42"}""" + "\n");
        return _session.Folder.File("sums.yaml", $$"""
            version: 1
            seed: 7
            targets: { remote: { type: openai, url: "{{endpoint.Url}}", model: scripted, requestTimeout: 10s } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: sums
                workload: { open: { arrivals: constant, rate: 30/s } }
                phases: { warmUp: 0s, baseline: 3s }
                objectives: { e2e: 20s } # allows for a generator that is late on a busy machine
                drain: 10s
            """);
    }
}
