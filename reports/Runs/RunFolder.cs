using System.Globalization;
using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Writers;

namespace ChaosBench.Reports.Runs;

/// <summary>
/// A run folder, <c>runs/&lt;UTC time&gt;-&lt;scenario&gt;-&lt;seed&gt;/</c>: made by a run, and all of its reports rebuilt from manifest
/// and journal, byte for byte.
/// </summary>
public static class RunFolder
{
    public const string ManifestName = "manifest.json";
    public const string SummaryName = "summary.json";
    private const string LatestName = "latest";

    /// <summary>One for each file of the folder that is made from manifest and journal.</summary>
    public static IReadOnlyList<IReportWriter> Writers { get; } =
        [new SummaryJson(), new MarkdownReport(), new JUnitReport(), new PostmortemReport(), new HtmlFile()];

    /// <summary>
    /// Makes the folder (0700) and lets <c>latest</c> beside it point to it. Throws <see cref="JournalException"/> when it cannot.
    /// </summary>
    /// <param name="parent"><c>--out</c>.</param>
    /// <returns>Path of the new folder.</returns>
    public static string Create(string parent, DateTimeOffset startedUtc, string scenario, ulong seed)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{startedUtc.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{FileName(scenario)}-{seed}");
        try
        {
            Directory.CreateDirectory(parent);
            var path = Enumerable.Range(1, 1000)
                .Select(number => Path.Combine(parent, number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{number}")))
                .First(candidate => !Path.Exists(candidate));
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            Link(parent, Path.GetFileName(path));
            return path;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{parent}: no run folder can be made here: {broken.Message}; choose another folder "
                + "with --out", broken);
        }
    }

    /// <summary>Reads manifest and journal, folds and judges them. Throws <see cref="JournalException"/> when one of them does not read.</summary>
    public static RunReport Load(string folder)
    {
        var manifest = RunFiles.ReadManifest(folder);
        using var journal = JournalFile.Open(folder, ahead: true);
        var measurements = Measurements.Fold(journal.Events());
        return Judged(folder, manifest, measurements, journal.Truncated);
    }

    /// <summary>Loads the run and writes every report; <paramref name="more"/> adds further writers.</summary>
    public static RunReport Rebuild(string folder, IEnumerable<IReportWriter>? more = null)
    {
        var manifest = RunFiles.ReadManifest(folder);
        using var journal = JournalFile.Open(folder, ahead: true);
        var fold = new RunFold();
        foreach (var entry in journal.Events())
        {
            fold.Add(entry);
        }

        return Write(folder, manifest, fold, journal.Truncated, more);
    }

    /// <summary>Judges what was folded from the folder's journal and writes every report.</summary>
    internal static RunReport Write(string folder, Manifest manifest, RunFold fold, bool truncated, IEnumerable<IReportWriter>? more = null)
    {
        var (measurements, plots) = fold.Close();
        var run = Judged(folder, manifest, measurements, truncated) with { Plots = plots };
        foreach (var writer in Writers.Concat(more ?? []))
        {
            var path = Path.Combine(folder, writer.FileName);
            if (writer.Render(run) is { } text)
            {
                RunFiles.Write(path, text);
            }
        }

        return run;
    }

    private static RunReport Judged(string folder, Manifest manifest, Measurements measurements, bool truncated)
    {
        var facts = Facts(manifest) with { JournalTruncated = truncated, Baseline = RunBaseline.Read(folder) };
        return new RunReport(manifest, measurements, Judge.Decide(measurements, facts), Reread(folder, measurements.Run)) { Content = ContentFile.Read(folder) };
    }

    /// <param name="run">The first line as it is understood: a run that ended early was planned up to there.</param>
    private static IEnumerable<JournalEvent> Reread(string folder, JournalEvent.RunStarted run)
    {
        using var journal = JournalFile.Open(folder);
        foreach (var entry in journal.Events())
        {
            yield return entry is JournalEvent.RunStarted ? run : entry;
        }
    }

    private static RunFacts Facts(Manifest manifest) => new()
    {
        Inconclusive = manifest.InconclusivePolicy switch
        {
            "fail" => InconclusivePolicy.Fail,
            "warn" => InconclusivePolicy.Warn,
            "pass" => InconclusivePolicy.Pass,
            _ => InconclusivePolicy.Keep,
        },
        InProcess = manifest.Targets.Any(target => target.Type == "onnx" && target.Facts.GetValueOrDefault("isolation") != "process"),
        SharedMachine = manifest.Targets.All(target => target.Type == "onnx"
            || (Uri.TryCreate(target.Location, UriKind.Absolute, out var place) && place.IsLoopback)),
        Cores = manifest.Machine.Cores,
        Import = manifest.Import,

        // Of the day of the run, so that the same folder gives the same verdict later.
        Waivers = [.. (manifest.Waivers ?? []).Where(waiver => waiver.Expires >= DateOnly.FromDateTime(manifest.StartedUtc.UtcDateTime))],
    };

    private static string FileName(string scenario) =>
        string.Concat(scenario.Take(60).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-'));

    /// <summary>A convenience: where the file system has no links, or something of that name is in the way, there is none.</summary>
    private static void Link(string parent, string name)
    {
        var link = Path.Combine(parent, LatestName);
        try
        {
            if (new DirectoryInfo(link).LinkTarget is not null)
            {
                Directory.Delete(link);
            }

            if (!Path.Exists(link))
            {
                Directory.CreateSymbolicLink(link, name);
            }
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            // The folder itself is what counts.
        }
    }
}
