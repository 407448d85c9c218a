using ChaosBench.Reports.Journal;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>A run against a database that is stopped and started again while it lasts, told from the run folder alone.</summary>
[Collection(PostgresTests.Name)]
public sealed class StoreOutageTests(PostgresServer postgres) : IDisposable
{
    private const string Variable = "STORE_URL";

    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [SkippableFact]
    public async Task Run_DatabaseStoppedMeanwhile_JournalTellsOutageFallbackAndRecovery()
    {
        var url = await postgres.NewDatabaseAsync();
        using var run = CommandProcess.Start(
            _session.Folder.Path, $"export {Variable}='{url}';", ["run", Scenario(), "--out", _session.Runs, "--allow-env", Variable]);
        await run.UntilAsync(() => Holds("\"t\":\"request\""), "requests are served");

        postgres.Stop();
        try
        {
            await run.UntilAsync(() => Holds("dependency-breaker-opened"), "the outage is noticed");
        }
        finally
        {
            postgres.Start();
        }

        Assert.True(await run.ExitAsync() == 0, run.Error);
        using var read = JournalFile.Open(_session.RunPath);
        var seen = read.Events().OfType<JournalEvent.Detection>().Select(detection => (detection.By, detection.What)).ToList();
        Assert.All(seen, detection => Assert.Equal("dependency", detection.By));
        var opened = seen.FindIndex(detection => detection.What == "dependency-breaker-opened");
        Assert.InRange(opened, 0, seen.FindLastIndex(detection => detection.What == "dependency-breaker-closed"));

        var observations = _session.Observations();
        Assert.All(observations, one => Assert.Equal(Outcome.Completed, one.Outcome));
        Assert.Contains(observations, one => one.Degraded);
        Assert.False(observations.MaxBy(one => one.Planned)!.Degraded, "the last request was served with its context");
        Assert.DoesNotContain(Uri.EscapeDataString(PostgresServer.Password), _session.Everything(), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, _session.Everything(), StringComparison.Ordinal);
    }

    private string Scenario() => _session.Folder.File("s.yaml", $$"""
        version: 1
        targets:
          stable: { model: {{Repository.Path("scenarios", "models", "triage-v1")}}, device: cpu, contextStore: { postgres: "${{{Variable}}}" } }
        prompts: { tickets: { generated: support-ticket } }
        scenarios:
          - target: stable
            rate: 20/s
            mix: [{ prompts: tickets, maxTokens: 4 }]
            phases: { warmUp: 0s, baseline: 12s }
        """);

    /// <summary>The journal is flushed once a second; a line that is half written does not matter here.</summary>
    private bool Holds(string word)
    {
        try
        {
            var journal = Path.Combine(_session.RunPath, "journal.jsonl");
            using var file = new StreamReader(new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return file.ReadToEnd().Contains(word, StringComparison.Ordinal);
        }
        catch (Exception notYet) when (notYet is IOException or InvalidOperationException)
        {
            return false;
        }
    }
}
