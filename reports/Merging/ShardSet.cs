using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Merging;

/// <summary>One shard's run folder.</summary>
/// <param name="Started">The first line of its journal.</param>
/// <param name="Began">When it began. Null: it was killed before.</param>
public sealed record ShardRun(string Folder, Manifest Manifest, JournalEvent.RunStarted Started, JournalEvent.ShardBegan? Began)
{
    public ShardInfo Shard => Started.Shard!;
}

/// <summary>The shards of one run, in the order of their numbers: all of one plan, none twice. Some may be missing.</summary>
public sealed class ShardSet
{
    private ShardSet(IReadOnlyList<ShardRun> runs) => Runs = runs;

    public IReadOnlyList<ShardRun> Runs { get; }

    public int Of => Runs[0].Shard.Of;

    /// <summary>Reads the beginning of each journal: whose it is. The rest is read once, by the merge.</summary>
    /// <param name="folders">Run folders of shards.</param>
    /// <exception cref="JournalException">One does not read, is no shard, or does not belong to the others: every such fault, a line each.</exception>
    public static ShardSet Open(IReadOnlyList<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        var (runs, faults) = (new List<ShardRun>(), new List<string>());
        foreach (var folder in folders)
        {
            try
            {
                runs.Add(Read(folder));
            }
            catch (JournalException broken)
            {
                faults.Add(broken.Message);
            }
        }

        if (runs.Count > 0)
        {
            faults.AddRange(Strangers(runs));
        }

        return faults.Count == 0 && runs.Count > 0
            ? new ShardSet([.. runs.OrderBy(run => run.Shard.Number)])
            : throw new JournalException(faults.Count > 0 ? string.Join("\n", faults) : "no shards were named; name the run folders of all of them");
    }

    /// <summary>A folder is of a shard when its journal says so.</summary>
    private static ShardRun Read(string folder)
    {
        var manifest = RunFiles.ReadManifest(folder);
        using var journal = JournalFile.Open(folder);
        var started = journal.NextRaw() is { } first
            ? Started(folder, first)
            : throw new JournalException($"{folder}: its journal is empty: the shard stopped before its first line was written; leave it out");

        // It stands before all requests.
        while (journal.NextRaw() is { } line && LineHead.Read(line.Span) is { Kind: LineKind.Other })
        {
            if (Event(folder, line) is JournalEvent.ShardBegan began)
            {
                return new ShardRun(folder, manifest, started, began);
            }
        }

        return new ShardRun(folder, manifest, started, null);
    }

    private static JournalEvent.RunStarted Started(string folder, ReadOnlyMemory<byte> line)
    {
        var started = Event(folder, line) as JournalEvent.RunStarted;
        return started is null ? throw new JournalException($"{folder}: the first line of its journal is not the start of a run; its beginning is missing")
            : started.Schema > JournalFile.CurrentSchema ? throw new JournalException($"{folder}: its journal has schema {started.Schema} and this chaosbench reads up to {JournalFile.CurrentSchema}; use a newer chaosbench")
            : started.Shard is null ? throw new JournalException($"{folder}: not a shard: it was run without --shard{(started.Merged is null ? "" : ", and merged already")}; leave it out")
            : started;
    }

    internal static JournalEvent Event(string folder, ReadOnlyMemory<byte> line)
    {
        try
        {
            return JournalFile.FromLine(line.Span);
        }
        catch (Exception broken) when (broken is System.Text.Json.JsonException or NotSupportedException or InvalidOperationException or FormatException)
        {
            throw new JournalException($"{folder}: its journal has a line that is no event: {broken.Message.ReplaceLineEndings(" ")}", broken);
        }
    }

    /// <summary>What does not fit to the first one named, and what is there twice.</summary>
    private static IEnumerable<string> Strangers(List<ShardRun> runs)
    {
        var first = runs[0];
        foreach (var run in runs.Skip(1))
        {
            foreach (var (what, mine, other) in Traits(first).Zip(Traits(run), (one, two) => (one.What, one.Value, two.Value)))
            {
                if (mine != other)
                {
                    yield return $"{run.Folder}: {what} {other}, but {first.Folder} has {mine}: shards of one run have the same";
                }
            }
        }

        foreach (var twice in runs.GroupBy(run => run.Shard.Number).Where(group => group.Count() > 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"shard {twice.Key} is there {twice.Count()} times: {string.Join(", ", twice.Select(run => run.Folder))}; name it once");
        }

        foreach (var run in runs.Where(run => run.Shard.Number < 1 || run.Shard.Number > run.Shard.Of))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{run.Folder}: shard {run.Shard.Number} of {run.Shard.Of} cannot be");
        }
    }

    private static IEnumerable<(string What, string Value)> Traits(ShardRun run) =>
    [
        ("scenario", run.Started.Scenario),
        ("plan", run.Started.PlanSha256),
        ("seed", run.Started.Seed.ToString(CultureInfo.InvariantCulture)),
        ("scenario file", run.Manifest.ScenarioSha256),
        ("chaosbench", run.Manifest.ToolVersion + (run.Manifest.Commit is { } commit ? $" ({commit})" : "")),
        ("shards", run.Shard.Of.ToString(CultureInfo.InvariantCulture)),
        ("targets", string.Join(", ", run.Manifest.Targets.Select(target => $"{target.Role} {target.Name} at {target.Location}"))),
    ];
}
