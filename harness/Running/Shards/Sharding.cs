using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running.Shards;

/// <summary>This process walks one slice of the plan.</summary>
/// <param name="Appointed">When all of them begin. Null: each as soon as it is ready.</param>
internal sealed record Sharding(Shard Shard, DateTimeOffset? Appointed);
