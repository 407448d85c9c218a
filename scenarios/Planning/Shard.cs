using System.Globalization;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// One of several slices of a plan, each walked by a process of its own. Together they are the plan, and no two share a request: whose it
/// is follows from the seed and the request's key alone. Client-side batches, conversations and both arms of an A/B block stay whole.
/// </summary>
/// <param name="Number">From 1.</param>
/// <param name="Of">How many there are.</param>
public sealed record Shard(int Number, int Of)
{
    /// <summary>More processes than this make no sense for one plan.</summary>
    public const int Most = 10_000;

    /// <summary>The first one starts and ends what happens once in a run: faults on nodes, hosts and models, detections.</summary>
    public bool IsFirst => Number == 1;

    /// <param name="text"><c>K/N</c>, 1 to N.</param>
    /// <returns>Null when it is not that.</returns>
    public static Shard? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('/') is [var first, var second]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var of)
            && of is >= 1 and <= Most && number >= 1 && number <= of
            ? new Shard(number, of) : null;
    }

    /// <summary>Whether an arrival of an open workload is this one's to send.</summary>
    public bool Owns(Plan plan, Arrival arrival)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(arrival);
        return Of == 1 || PlaceOf(plan.Seed, arrival.Group == arrival.Index ? arrival.Key : plan.Arrivals[arrival.Group].Key) == Number - 1;
    }

    /// <summary>Whether a client of a closed workload, from 0, is this one's.</summary>
    public bool OwnsClient(int client) => client % Of == Number - 1;

    /// <summary>Arrivals of an open workload that are this one's.</summary>
    public int CountOf(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Of == 1 ? plan.Arrivals.Count : plan.Arrivals.Count(arrival => Owns(plan, arrival));
    }

    /// <summary>
    /// Whether a fault is this one's to inject. What is decided request by request, or stands in the path of each process, is everybody's:
    /// the coin is keyed by the request, so that the victims are those of the whole plan. What exists once is the first one's.
    /// </summary>
    public bool Owns(Scenario scenario, Fault fault, Vantage vantage, FaultScope scope) =>
        IsFirst || IsEverybodys(scenario, fault, vantage, scope);

    /// <inheritdoc cref="Owns(Scenario, Fault, Vantage, FaultScope)"/>
    public static bool IsEverybodys(Scenario scenario, Fault fault, Vantage vantage, FaultScope scope) =>
        (vantage != Vantage.HostileClient && scope is FaultScope.Attempt or FaultScope.Request or FaultScope.Session
            or FaultScope.Connection or FaultScope.Stream or FaultScope.Chunk)
        || NodeVictims.IsProxied(scenario, fault);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Of}");

    /// <summary>Uniform over the shards: the upper half of hash times count (Lemire 2019, without his rejection: the bias is below 2^-50).</summary>
    private int PlaceOf(ulong seed, string key) => (int)(((UInt128)KeyedHash.Hash64(seed, "shard", key) * (ulong)Of) >> 64);
}
