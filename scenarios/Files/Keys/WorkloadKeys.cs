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

    private static readonly Key<string> Arrivals = new(
        "arrivals", Scalars.Choice("an arrival process", ("poisson", "poisson"), ("constant", "constant"), ("ramp", "ramp")),
        "poisson: independent exponential gaps. constant: equal gaps. ramp: from one rate to another over the run.")
        { Default = "poisson" };

    private static readonly Key<Rate> OpenRate = new("rate", Scalars.Rate, "For poisson and constant arrivals.")
        { Example = "40/s" };
    private static readonly Key<Rate> From = new("from", Scalars.Rate, "Rate at the start of a ramp.") { Example = "5/s" };
    private static readonly Key<Rate> To = new("to", Scalars.Rate, "Rate at the end of a ramp.") { Example = "80/s" };

    private static readonly Table<Workload> OpenTable = new(
        "openWorkload", "an open workload", "Arrivals at planned instants, whatever the target does.",
        [Arrivals, OpenRate, From, To], Open);

    private static readonly Key<int> Clients = new("clients", Scalars.Count(1, 10_000), "Clients that wait for each answer.")
        { Required = true, Example = "8" };
    private static readonly Key<TimeSpan> ThinkTime = new("thinkTime", Scalars.Duration, "Pause of a client after each answer.")
        { Default = "0s" };

    private static readonly Table<Workload> ClosedTable = new(
        "closedWorkload", "a closed workload", "Clients that wait for an answer before they ask again.", [Clients, ThinkTime],
        keys => new Workload.Closed(keys.Get(Clients), keys.Get(ThinkTime)));

    private static readonly Kind<Workload> Poisson = new CheckedKind<Rate, Workload>(
        Scalars.Rate, static (rate, _, _) => new Workload.Open(new ArrivalProcess.Poisson(rate)));

    private static readonly Key<Workload> OpenKey = new(
        "open", new ShortOr<Workload>(Poisson, OpenTable), "Arrivals at planned instants, whatever the target does.")
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

    private static Workload.Open Open(KeyReader keys)
    {
        var arrivals = keys.Get(Arrivals);
        var isRamp = arrivals == "ramp";
        Key[] needed = isRamp ? [From, To] : [OpenRate];
        Key[] unused = isRamp ? [OpenRate] : [From, To];
        foreach (var key in needed.Where(key => arrivals is not null && !keys.Has(key)))
        {
            keys.Reading.Report(keys.Place, $"{arrivals} arrivals have no {key.Name}", $"add {key.Name}: {key.Example}");
        }

        foreach (var key in unused.Where(key => arrivals is not null && keys.Has(key)))
        {
            var right = isRamp ? "write from: and to:" : "write rate:, or arrivals: ramp";
            keys.Report(key, $"{key.Name} means nothing to {arrivals} arrivals", right);
        }

        return new Workload.Open(arrivals switch
        {
            "ramp" => new ArrivalProcess.Ramp(keys.Get(From), keys.Get(To)),
            "constant" => new ArrivalProcess.Constant(keys.Get(OpenRate)),
            _ => new ArrivalProcess.Poisson(keys.Get(OpenRate)),
        });
    }
}
