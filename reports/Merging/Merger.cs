using System.IO.Compression;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Merging;

/// <summary>Joins the run folders of shards to one like any other: manifest, journal and kept texts; its reports are then rebuilt as usual.</summary>
public static class Merger
{
    /// <param name="inconclusive">What an inconclusive whole exits with; that of a shard says nothing about it.</param>
    /// <param name="parent">Where the new run folder is made.</param>
    /// <returns>Its path. The reports are not in it yet.</returns>
    /// <exception cref="JournalException">A journal does not read any more, or two tell of one request.</exception>
    public static string Merge(ShardSet shards, string? inconclusive, string parent)
    {
        ArgumentNullException.ThrowIfNull(shards);
        var first = shards.Runs[0];
        var merge = new JournalMerge(shards);
        var folder = RunFolder.Create(parent, first.Manifest.StartedUtc, first.Manifest.Scenario, first.Manifest.Seed);
        RunFiles.WriteManifest(folder, first.Manifest with
        {
            Shards = [.. shards.Runs.Select(run => new ShardEntry(run.Shard.Number, Path.GetFileName(Path.TrimEndingDirectorySeparator(run.Folder)), run.Manifest.StartedUtc, run.Manifest.Machine))],
            InconclusivePolicy = inconclusive,
        });
        var path = Path.Combine(folder, JournalFile.PackedName);
        try
        {
            using (var file = File.Create(path))
            using (var parts = new PackedParts(file))
            {
                merge.Write(parts.WriteLine);
            }

            JoinTexts(shards, folder);
            return folder;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{path}: cannot be written: {broken.Message}; free some space or choose another folder with --out", broken);
        }
    }

    /// <summary>The first file with its first line, of the others what follows theirs.</summary>
    private static void JoinTexts(ShardSet shards, string folder)
    {
        var files = shards.Runs.Select(run => Path.Combine(run.Folder, ContentWriter.FileName)).Where(File.Exists).ToList();
        if (files.Count == 0)
        {
            return;
        }

        using var joined = new GZipStream(File.Create(Path.Combine(folder, ContentWriter.FileName)), CompressionLevel.Optimal);
        foreach (var file in files)
        {
            using var packed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
            try
            {
                if (file != files[0])
                {
                    SkipLine(packed);
                }

                packed.CopyTo(joined);
            }
            catch (InvalidDataException)
            {
                // Of a killed shard: as far as it goes.
                joined.WriteByte((byte)'\n');
            }
        }
    }

    private static void SkipLine(Stream lines)
    {
        for (var read = lines.ReadByte(); read is not (-1 or '\n'); read = lines.ReadByte())
        {
            // The header: it stands at the beginning already.
        }
    }
}
