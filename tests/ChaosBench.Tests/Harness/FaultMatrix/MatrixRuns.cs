using System.Globalization;
using System.Text;
using ChaosBench.Reports.Journal;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.FaultMatrix;

/// <summary>The runs of the matrix, each once: every fault in a window of its own, one after the other, on a real model.</summary>
public sealed class MatrixRuns : IDisposable
{
    /// <summary>Further tries to start the target.</summary>
    private const int Starts = 3;

    private readonly List<CommandSession> _sessions = [];
    private readonly Dictionary<string, Lazy<Task<IReadOnlyList<JournalEvent>>>> _journals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Run, MatrixRow Row)> _rows = new(StringComparer.Ordinal);

    public MatrixRuns()
    {
        Add("served", ServedRows.All, "", 20);
        Add("wire", WireRows.All, "", 3);
        Add("client", ClientRows.All, "", 3, "clientPolicy: { retries: 4, backoff: 20ms, hedgeAfter: 2s }");
        if (OperatingSystem.IsLinux())
        {
            Add("nodes", [.. NodeRows.All.Where(row => row.Fault != "resource.cpu" || Environment.ProcessorCount > 1)], ", isolation: process", 20);
        }
    }

    internal IReadOnlyCollection<string> Faults => _rows.Keys;

    internal MatrixRow RowOf(string fault) => _rows[fault].Row;

    internal async Task<Seen> SeenAsync(string fault) => new(await _journals[_rows[fault].Run].Value, fault);

    public void Dispose() => _sessions.ForEach(session => session.Dispose());

    private void Add(string run, IReadOnlyList<MatrixRow> rows, string target, int prompts, string more = "drain: 30s")
    {
        foreach (var row in rows)
        {
            _rows.Add(row.Fault, (run, row));
        }

        _journals[run] = new Lazy<Task<IReadOnlyList<JournalEvent>>>(() => RunAsync(rows, target, prompts, more));
    }

    private async Task<IReadOnlyList<JournalEvent>> RunAsync(IReadOnlyList<MatrixRow> rows, string target, int prompts, string more)
    {
        var session = new CommandSession();
        _sessions.Add(session);
        session.Folder.File("prompts.jsonl", string.Join('\n', File.ReadLines(Repository.Path("scenarios", "recorded", "canaries.jsonl")).Take(prompts)) + "\n");
        // Long enough that each prompt has been answered once before anything breaks.
        const int Baseline = 3000;
        // A worker that was killed needs its time to be back.
        var pause = target.Length > 0 ? 4000 : 400;
        var (faults, at) = (new StringBuilder(), Baseline);
        foreach (var row in rows)
        {
            faults.AppendLine(CultureInfo.InvariantCulture, $"      - {{ id: {row.Fault}, at: {at}ms, for: {row.Lasts}ms, fault: {row.Fault}{row.More} }}");
            at += row.Lasts + pause;
        }

        var file = session.Folder.File("matrix.yaml", $$"""
            version: 1
            seed: 5
            targets: { stable: { model: {{Repository.Path("scenarios", "models", "triage-v1")}}, device: cpu, replicas: 2{{target}} } }
            prompts: { tickets: prompts.jsonl }
            scenarios:
              - target: stable
                workload: { open: { arrivals: constant, rate: 12/s } }
                mix: [{ prompts: tickets, maxTokens: 64, stream: true }]
                phases: { warmUp: 0s, baseline: {{Baseline}}ms, fault: {{at - Baseline}}ms, recovery: 1s }
                {{more}}
                faults:
            {{faults}}
            """);
        var exit = await session.RunAsync(file);
        for (var again = 0; again < Starts && exit == 1 && session.Error.Contains("could not be loaded", StringComparison.Ordinal); again++)
        {
            // A machine that has no time for a worker's first signs of life: nothing was injected yet.
            Directory.Delete(session.Runs, recursive: true);
            session.Forget();
            exit = await session.RunAsync(file);
        }

        // A busy machine may make the run inconclusive (2): its times are not what is asked here.
        if (exit is not (0 or 2))
        {
            throw new InvalidOperationException($"the run ended with {exit}: {session.Error}");
        }

        using var journal = JournalFile.Open(session.RunPath);
        return [.. journal.Events()];
    }
}
