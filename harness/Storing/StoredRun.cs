using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Harness.Storing;

/// <summary>A run folder as it goes to the store: manifest and summary, word by word and row by row. No prompt, no output.</summary>
internal sealed record StoredRun
{
    /// <summary>A journal that is larger when packed stays where it is.</summary>
    private const long MostJournal = 512L * 1024 * 1024;

    public required string Folder { get; init; }

    public string Name => Path.GetFileName(Folder);

    /// <summary>The same for the same manifest and journal, wherever the folder is.</summary>
    public required RunPrint Print { get; init; }
    public required Manifest Manifest { get; init; }
    public required string ManifestText { get; init; }
    public required Summary Summary { get; init; }
    public required string SummaryText { get; init; }

    public string SummarySha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(SummaryText)));

    /// <param name="folder">Itself, or a link to it.</param>
    /// <exception cref="JournalException">It is no whole run.</exception>
    public static StoredRun Read(string folder)
    {
        var real = Resolve(folder);
        try
        {
            var (manifest, summary) = (RunFiles.ReadManifest(real), RunFiles.ReadSummary(real));
            return new StoredRun
            {
                Folder = real,
                Print = RunPrint.Of(real),
                Manifest = manifest,
                ManifestText = File.ReadAllText(Path.Combine(real, RunFolder.ManifestName)),
                Summary = summary,
                SummaryText = File.ReadAllText(Path.Combine(real, RunFolder.SummaryName)),
            };
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{folder}: cannot be read: {broken.Message}", broken);
        }
    }

    /// <summary><c>runs/latest</c> is the run that it points to.</summary>
    public static string Resolve(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return new DirectoryInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName is { } target ? Path.TrimEndingDirectorySeparator(target) : full;
    }

    /// <summary>The packed journal in pieces of at most <paramref name="size"/> bytes.</summary>
    /// <exception cref="JournalException">It is larger than a store should hold.</exception>
    public IEnumerable<byte[]> Journal(int size)
    {
        using var file = File.OpenRead(JournalFile.Find(Folder));
        using var packed = file.Name.EndsWith(".gz", StringComparison.Ordinal) ? file : Packed(file);
        if (packed.Length > MostJournal)
        {
            throw new JournalException($"{Name}: its journal is larger than {MostJournal / (1024 * 1024)} MiB packed; keep this baseline in a folder: promote it without --store");
        }

        var piece = new byte[size];
        for (int length; (length = packed.ReadAtLeast(piece, size, throwOnEndOfStream: false)) > 0;)
        {
            yield return piece[..length];
        }
    }

    private static FileStream Packed(FileStream plain)
    {
        var temporary = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        using (var packing = new GZipStream(temporary, CompressionLevel.Fastest, leaveOpen: true))
        {
            plain.CopyTo(packing);
        }

        temporary.Position = 0;
        return temporary;
    }
}
