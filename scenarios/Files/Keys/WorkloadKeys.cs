using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>What may stand under <c>workload:</c>, and its short form <c>rate:</c>.</summary>
internal static class WorkloadKeys
{
    /// <summary>Also a key of the scenario itself: <c>rate: 40/s</c> is an open Poisson workload.</summary>
    public static readonly Key<Rate> Rate = new(
        "rate", Scalars.Rate, "Requests per second of an open workload with Poisson arrivals.") { Example = "40/s" };

    private static readonly Key<int> Clients = new("clients", Scalars.Count(1, 10_000), "Clients that wait for each answer.")
        { Required = true, Example = "8" };
    private static readonly Key<TimeSpan> ThinkTime = new("thinkTime", Scalars.Duration, "Pause of a client after each answer.")
        { Default = "0s" };

    private static readonly Key<bool> Sessions = new(
        "sessions", Scalars.Bool,
        "Clients hold whole conversations: each turn carries the answers that came to the ones before. Needs a prompt set with trace: that has turns.")
        { Default = "false", Example = "true" };

    private static readonly Table<Workload> ClosedTable = new(
        "closedWorkload", "a closed workload", "Clients that wait for an answer before they ask again.", [Clients, ThinkTime, Sessions],
        keys => new Workload.Closed(keys.Get(Clients), keys.Get(ThinkTime), keys.Get(Sessions)));

    private static readonly Kind<Workload> Poisson = new CheckedKind<Rate, Workload>(
        Scalars.Rate, static (rate, _, _) => new Workload.Open(new ArrivalProcess.Poisson(rate)));

    private static readonly Key<Workload> OpenKey = new(
        "open", new ShortOr<Workload>(Poisson, ArrivalKeys.Table), "Arrivals at planned instants, whatever the target does.")
        { Required = true, Example = "{ arrivals: poisson, rate: 40/s }" };

    private static readonly Key<Workload> ClosedKey = new(
        "closed", ClosedTable, "Clients that wait for an answer before they ask again.")
        { Required = true, Example = "{ clients: 8, thinkTime: 200ms }" };

    private static readonly Key<Workload> RateKey = new("rate", Poisson, "Short for open: { arrivals: poisson, rate }.")
        { Required = true, Example = "40/s" };

    private static readonly Table<Workload> OfOpen = Wrapping("workloadOpen", OpenKey);
    private static readonly Table<Workload> OfClosed = Wrapping("workloadClosed", ClosedKey);
    private static readonly Table<Workload> OfRate = Wrapping("workloadRate", RateKey);

    private static readonly string[] Kinds = ["open", "closed", "rate"];

    public static Kind<Workload> Kind { get; } =
        new ShortOr<Workload>(Poisson, new Union<Workload>("a workload", Choose, OfOpen, OfClosed, OfRate));

    private static Table<Workload> Wrapping(string name, Key<Workload> key) =>
        new(name, "a workload", key.Meaning, [key], keys => keys.Get(key));

    private static Table<Workload>? Choose(MapNode map, Reading reading)
    {
        Table<Workload>[] all = [OfOpen, OfClosed, OfRate];
        var chosen = all.Where(table => map.Find(table.Keys[0].Name) is not null).ToList();
        if (chosen is [var one])
        {
            return one;
        }

        var meant = map.Entries.Select(entry => Nearest.To(entry.Key.Text, Kinds)).FirstOrDefault(name => name is not null);
        reading.Report(
            map.Entries is [var first, ..] ? first.Key.Place : map.Place,
            chosen.Count > 1 ? "a workload of two kinds" : "a workload of no known kind",
            meant is not null && chosen.Count == 0 ? $"did you mean '{meant}'?" : "write exactly one of open, closed or rate");
        return null;
    }
}
