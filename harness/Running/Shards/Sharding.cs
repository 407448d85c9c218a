using System.Globalization;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running.Shards;

/// <summary>This process walks one slice of the plan.</summary>
/// <param name="Appointed">When all of them begin. Null: each as soon as it is ready.</param>
internal sealed record Sharding(Shard Shard, DateTimeOffset? Appointed)
{
    /// <summary>
    /// Why there is nothing left to take part in. Engines start a shard that failed again, some of them only when another one is over: it
    /// would load the target for nothing, and leave a second folder of the same shard, which no merge can take.
    /// </summary>
    /// <returns>Null: the others are still at it, or nobody has begun.</returns>
    public string? Missed(Plan plan, DateTimeOffset now) => Appointed is { } at && now - at >= TimeSpan.FromSeconds(Nanos.ToSeconds(plan.End))
        ? string.Create(CultureInfo.InvariantCulture, $"shard {Shard}: all began at {at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}, {(now - at).TotalSeconds:0.0} s ago, and their ")
            + string.Create(CultureInfo.InvariantCulture, $"{Nanos.ToSeconds(plan.End):0.###} s are over; nothing was sent and no folder written")
        : null;
}
