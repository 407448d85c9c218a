using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Tests.Support;

/// <summary>Commands in this process, in a folder of their own, and what they left there.</summary>
internal sealed class CommandSession : IDisposable
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public TempFolder Folder { get; } = new();

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public string Runs => Path.Combine(Folder.Path, "runs");

    /// <summary>The only run.</summary>
    public string RunPath => Directory.EnumerateDirectories(Runs, "2*").Single();

    public Summary Summary => RunFiles.ReadSummary(RunPath);

    /// <summary>A machine too busy to send in time voids a run; such a run is thrown away and done again, twice at most.</summary>
    public async Task<int> RunAsync(string file, params string[] more)
    {
        for (var again = 0; ; again++)
        {
            var exit = await CallAsync(["run", file, "--out", Runs, .. more]);
            if (exit != ExitCodes.Inconclusive || again == 2 || !IsGeneratorLimited())
            {
                return exit;
            }

            Directory.Delete(Runs, recursive: true);
            Forget();
        }
    }

    public Task<int> CallAsync(params string[] arguments) =>
        CommandLine.RunAsync(arguments, new Terminal(_out, _error), TimeProvider.System);

    public void Forget()
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
    }

    public IReadOnlyList<JournalEvent.Observation> Observations()
    {
        using var journal = JournalFile.Open(RunPath);
        return [.. journal.Events().OfType<JournalEvent.Observation>()];
    }

    /// <summary>Every byte that the session showed or wrote, the journal unpacked.</summary>
    public string Everything()
    {
        var texts = new List<string> { Out, Error };
        foreach (var file in Directory.EnumerateFiles(Runs, "*", SearchOption.AllDirectories))
        {
            using var stream = File.OpenRead(file);
            using var plain = new StreamReader(file.EndsWith(".gz", StringComparison.Ordinal)
                ? new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionMode.Decompress)
                : stream);
            texts.Add(plain.ReadToEnd());
        }

        return string.Join('\n', texts);
    }

    private bool IsGeneratorLimited() =>
        Summary.Findings.Any(finding => finding.ReasonCode == ReasonCodes.GeneratorLimited && finding.Verdict != FindingVerdict.Pass);

    public void Dispose()
    {
        Folder.Dispose();
        _out.Dispose();
        _error.Dispose();
    }
}
