using System.IO.Compression;
using System.Security.Cryptography;
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
    /// <exception cref="JournalException">A journal does not read any more, or two tell of one request. Nothing is left behind.</exception>
    public static string Merge(ShardSet shards, string? inconclusive, string parent) => Join(shards, inconclusive, parent, null).Folder;

    /// <summary>The same, and every report: the lines are measured on their way, so that nothing is read twice.</summary>
    /// <inheritdoc cref="Merge"/>
    public static (string Folder, RunReport Run) MergeAndReport(ShardSet shards, string? inconclusive, string parent)
    {
        using var folded = new FoldedParts();
        var (folder, manifest, started) = Join(shards, inconclusive, parent, folded);
        return (folder, RunFolder.Write(folder, manifest, folded.Close(started), truncated: false));
    }

    private static (string Folder, Manifest Manifest, JournalEvent.RunStarted Started) Join(
        ShardSet shards, string? inconclusive, string parent, FoldedParts? folded)
    {
        ArgumentNullException.ThrowIfNull(shards);
        var first = shards.Runs[0];
        var manifest = first.Manifest with
        {
            Shards = [.. shards.Runs.Select(run => new ShardEntry(run.Shard.Number, Path.GetFileName(Path.TrimEndingDirectorySeparator(run.Folder)), run.Manifest.StartedUtc, run.Manifest.Machine))],
            InconclusivePolicy = inconclusive,
        };
        var half = Path.Combine(parent, $".merge-{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");
        try
        {
            Directory.CreateDirectory(parent);
            var started = WriteJournal(half, shards, folded);
            var folder = RunFolder.Create(parent, manifest.StartedUtc, manifest.Scenario, manifest.Seed);
            RunFiles.WriteManifest(folder, manifest);
            File.Move(half, Path.Combine(folder, JournalFile.PackedName));
            JoinTexts(shards, folder);
            return (folder, manifest, started);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{parent}: the merged journal cannot be written: {broken.Message}; free some space or choose another folder with --out", broken);
        }
        finally
        {
            if (File.Exists(half)) // it was not moved
            {
                File.Delete(half);
            }
        }
    }

    /// <summary>
    /// All lines go through once, to the file and to whoever measures them. The first is known last: room is left for it.
    /// <code>
    ///   shards --> JournalMerge --> stretches --+--> PackedParts --> journal.jsonl.gz
    ///                                           +--> FoldedParts --> measurements, plots
    /// </code>
    /// </summary>
    private static JournalEvent.RunStarted WriteJournal(string path, ShardSet shards, FoldedParts? folded)
    {
        var merge = new JournalMerge(shards);
        folded?.Start(merge.Started);
        using var file = new FileStream(path, Private());
        var room = FirstMember(merge.Started, Width(merge.Started));
        file.Write(room);
        using (var parts = new PackedParts(file))
        {
            var users = folded is null ? 1 : 2;
            var open = new Stretch(0, users);
            try
            {
                merge.Write(line =>
                {
                    if (!open.TryAdd(line))
                    {
                        Hand(open);
                        open = new Stretch(line.Length + 1, users);
                        open.TryAdd(line);
                    }
                });
                Hand(open);
                parts.Close();
                folded?.Flush();
            }
            catch (LineException broken)
            {
                throw Located(shards, broken);
            }

            void Hand(Stretch full)
            {
                parts.Add(full);
                folded?.Add(full);
            }
        }

        var member = FirstMember(merge.Started, Width(merge.Started));
        if (member.Length != room.Length)
        {
            throw new InvalidOperationException($"the first line takes {member.Length} bytes and {room.Length} were left for it");
        }

        file.Position = 0;
        file.Write(member);
        return merge.Started;
    }

    private static FileStreamOptions Private()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    /// <summary>Bytes of the first line at its longest.</summary>
    private static int Width(JournalEvent.RunStarted started) => JournalFile.ToLine(started with
    {
        Merged = started.Merged! with { Shards = [.. started.Merged.Shards.Select(shard => shard with { Stopped = long.MaxValue })] },
    }).Length;

    /// <summary>A gzip member whose length depends on the width alone: the line, blanks behind it, stored as they are.</summary>
    private static byte[] FirstMember(JournalEvent.RunStarted started, int width)
    {
        var line = new byte[width + 1];
        line.AsSpan().Fill((byte)' ');
        JournalFile.ToLine(started).CopyTo(line, 0);
        line[^1] = (byte)'\n';
        using var member = new MemoryStream();
        using (var stored = new GZipStream(member, CompressionLevel.NoCompression, leaveOpen: true))
        {
            stored.Write(line);
        }

        return member.ToArray();
    }

    /// <summary>Which shard's line it is, and where: found by reading them all once more.</summary>
    private static JournalException Located(ShardSet shards, LineException broken)
    {
        foreach (var run in shards.Runs)
        {
            try
            {
                using var journal = JournalFile.Open(run.Folder, ahead: true);
                foreach (var _ in journal.Events())
                {
                    // Only whether it reads.
                }
            }
            catch (JournalException located)
            {
                return located;
            }
        }

        return new JournalException(broken.Message, broken);
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
