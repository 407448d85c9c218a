using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Merging;

/// <summary>How the shards' starts lie to each other, as far as can be known.</summary>
internal static class Starts
{
    /// <summary>
    /// Seconds by which a shard began after the first one. Each compared its clock with the target's; where both did, that puts their
    /// clocks right: skew = (own start + own offset) - (first start + first offset), and the errors add up.
    /// </summary>
    /// <returns>Where it stopped is not known yet.</returns>
    public static MergedShard Of(ShardRun run, ShardSet shards)
    {
        var first = shards.Runs[0];
        var (own, other) = (run.Began, first.Began);
        var number = run.Shard.Number;
        if (own is null || other is null)
        {
            return new MergedShard(number, null, 0, null);
        }

        var skew = (own.Utc - other.Utc).TotalSeconds;
        return ReferenceEquals(run, first) ? new MergedShard(number, null, 0, own.Offset is null ? null : 0)
            : own is { Offset: { } mine, OffsetError: { } unsure } && other is { Offset: { } theirs, OffsetError: { } doubt }
                ? new MergedShard(number, null, skew + mine - theirs, unsure + doubt)
                : new MergedShard(number, null, skew, null);
    }
}
