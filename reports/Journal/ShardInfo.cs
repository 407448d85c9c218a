namespace ChaosBench.Reports.Journal;

/// <summary>Which slice of its plan a run walked.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Arrivals">Of an open workload: how many were this one's. Null: closed.</param>
public sealed record ShardInfo(int Number, int Of, int? Arrivals);

/// <summary>The shards that a merged journal was made from.</summary>
/// <param name="Of">How many the run was cut into.</param>
public sealed record MergedShards(int Of, IReadOnlyList<MergedShard> Shards)
{
    /// <summary>Numbers of those that left no journal.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IEnumerable<int> Missing => Enumerable.Range(1, Of).Except(Shards.Select(shard => shard.Number));
}

/// <param name="Number">From 1.</param>
/// <param name="Stopped">Nanoseconds of the last thing in its journal, where that does not end as a journal ends. Null: it is whole.</param>
/// <param name="Skew">Seconds by which it began later than the first one, clocks put right where that can be done.</param>
/// <param name="SkewError">Seconds by which that may be off in either direction. Null: the clocks could not be compared.</param>
public sealed record MergedShard(int Number, long? Stopped, double Skew, double? SkewError);
