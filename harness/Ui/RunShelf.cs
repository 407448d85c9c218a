using ChaosBench.Harness.Commands;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Harness.Ui;

/// <summary>
/// The run folders of one folder. Whatever stands in them may be somebody else's: sizes are bounded, links are not followed, and a folder
/// that does not read is a row that says so.
/// </summary>
internal sealed class RunShelf(string folder, TimeProvider time)
{
    /// <summary>The folder as the pages name it. Null: by its path.</summary>
    public string? Name { get; init; }

    /// <summary>The newest ones: a manifest and a summary are read of each.</summary>
    public const int MostRuns = 1_000;

    /// <summary>Manifests and summaries of ours are a hundredth of it.</summary>
    private const long MostBytes = 16 << 20;

    /// <summary>Journals that a page is made from while somebody waits.</summary>
    private const long MostJournalBytes = 256L << 20;

    private const int LongestName = 255;

    /// <summary>A run flushes its journal each second.</summary>
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(15);

    private readonly Lock _guard = new(); // guards _rows
    private Dictionary<string, (long Stamp, RunRow Row)> _rows = new(StringComparer.Ordinal);

    /// <summary>The newest first.</summary>
    public RunList List()
    {
        var names = Names();
        lock (_guard)
        {
            var rows = new Dictionary<string, (long, RunRow)>(StringComparer.Ordinal);
            foreach (var name in names.TakeLast(MostRuns))
            {
                var path = Path.Combine(folder, name);
                var stamp = Stamp(path);
                rows[name] = _rows.TryGetValue(name, out var known) && known.Stamp == stamp ? known : (stamp, Row(name, path));
            }

            _rows = rows;
            return new RunList(
                Printable.Line(Name ?? folder, 400), [.. rows.OrderByDescending(row => row.Key, StringComparer.Ordinal).Select(row => Now(row.Key, row.Value.Item2))],
                Math.Max(0, names.Count - MostRuns));
        }
    }

    public RunHistory History()
    {
        var history = HistoryCommand.Read(new DirectoryInfo(folder), scenario: null, least: 0.01, IsSmall);
        return history with { Skipped = [.. history.Skipped.Select(line => Printable.Line(line, 400)).Take(50)] };
    }

    /// <summary>The folder of a run by its name, as it stands in <see cref="List"/>. Null: there is none of this name.</summary>
    public string? Find(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > LongestName || name != Path.GetFileName(name) || name is "." or "..")
        {
            return null;
        }

        var path = new DirectoryInfo(Path.Combine(folder, name));
        return path is { Exists: true, LinkTarget: null } ? path.FullName : null;
    }

    /// <summary>Why its journal is not read for a page. Null: it may be.</summary>
    public static string? TooMuch(string path) => new[] { JournalFile.Name, JournalFile.PackedName }
        .Select(name => new FileInfo(Path.Combine(path, name))).Where(file => file.Exists && file.Length > MostJournalBytes)
        .Select(file => FormattableString.Invariant($"{file.Name} has {file.Length >> 20} MiB, and up to {MostJournalBytes >> 20} are read while somebody waits"))
        .FirstOrDefault();

    public static bool HasEnded(string path) => File.Exists(Path.Combine(path, RunFolder.SummaryName));

    private RunRow Now(string name, RunRow row) => row.Verdict is null && row.Problem is null
        ? row with { IsRunning = time.GetUtcNow() - File.GetLastWriteTimeUtc(Path.Combine(folder, name, JournalFile.Name)) < Alive }
        : row;

    private static RunRow Row(string name, string path)
    {
        try
        {
            return !IsSmall(path) ? RunRow.Broken(name, "its manifest or summary is far larger than any that chaosbench writes")
                : RunRow.Of(name, RunFiles.ReadManifest(path), HasEnded(path) ? RunFiles.ReadSummary(path) : null);
        }
        catch (JournalException problem)
        {
            return RunRow.Broken(name, problem.Message.Replace(path, ".", StringComparison.Ordinal));
        }
#pragma warning disable CA1031 // A file that parses and yet holds what ours never hold must spoil its own row and nothing else.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return RunRow.Broken(name, $"not a run of ours: {problem.GetType().Name}");
        }
    }

    private static bool IsSmall(string path) => new[] { RunFolder.ManifestName, RunFolder.SummaryName }
        .Select(name => new FileInfo(Path.Combine(path, name))).All(file => !file.Exists || file.Length <= MostBytes);

    /// <summary>Changes when one of the two files does.</summary>
    private static long Stamp(string path) => new[] { RunFolder.ManifestName, RunFolder.SummaryName }
        .Select(name => new FileInfo(Path.Combine(path, name)))
        .Aggregate(17L, (stamp, file) => unchecked((stamp * 31) + (file.Exists ? file.LastWriteTimeUtc.Ticks ^ file.Length : 0)));

    /// <summary>In order of name, which begins with the time. Links are not followed: <c>latest</c> is one of the others.</summary>
    private List<string> Names()
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateDirectories().Where(one => one.LinkTarget is null).Select(one => one.Name).Order(StringComparer.Ordinal)];
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return []; // A run makes the folder; until then it has no runs.
        }
    }
}

/// <param name="LeftOut">Older folders that are not shown.</param>
internal sealed record RunList(string Folder, IReadOnlyList<RunRow> Runs, int LeftOut);
