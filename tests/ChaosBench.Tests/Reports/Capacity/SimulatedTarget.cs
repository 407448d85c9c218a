using ChaosBench.Reports.Capacity;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Capacity;

/// <summary>
/// A server with one queue and a constant service time, so that its limit is known: it cannot serve more than 1 / service a second. Some
/// of its answers are wrong, and its generator may be slow.
/// </summary>
internal sealed record SimulatedTarget(double Service)
{
    private const double Tick = 0.1;

    public double Wrong { get; init; }

    /// <summary>The generator sends at most this many a second; later ones are late.</summary>
    public double GeneratorLimit { get; init; } = double.PositiveInfinity;

    /// <summary>Share of good answers at a rate in the long run.</summary>
    public double Attainment(double rate, double limit)
    {
        var fates = Arrivals(rate, 2000, new SplitMix64(99)).ToList();
        return fates.Count(fate => fate.Right && fate.Ended - fate.Planned <= limit) / (double)fates.Count;
    }

    public CapacityProbe Probe(double rate, ProbeRules rules, SplitMix64 random)
    {
        var end = Nanos.ToSeconds(rules.WarmUp + rules.Most);
        var fates = Arrivals(rate, end, random).ToList();
        var meter = new ProbeMeter(rules, [.. fates.Select(fate => Some.S(fate.Planned))]);
        var events = fates.Select((fate, at) => (At: fate.Sent, Act: (Action)meter.Sent))
            .Concat(fates.Select((fate, at) => (At: fate.Ended, Act: (Action)(() => meter.Ended(Observation(fate, at), null)))))
            .Concat(Enumerable.Range(1, (int)(end / Tick)).Select(tick => (At: tick * Tick, Act: (Action)(() => meter.Look(Some.S(tick * Tick))))))
            .OrderBy(one => one.At);
        foreach (var (_, act) in events)
        {
            if (meter.Decision is not null)
            {
                break;
            }

            act();
        }

        meter.Close(Some.S(end + 60));
        return meter.Result(rate);
    }

    /// <summary>The whole search.</summary>
    public (CapacitySearch Search, List<CapacityProbe> Probes) Find(double from, double to, double precision, ProbeRules rules, ulong seed)
    {
        var random = new SplitMix64(seed);
        var search = new CapacitySearch(from, to, precision);
        var probes = new List<CapacityProbe>();
        while (search.Next is { } rate)
        {
            probes.Add(Probe(rate, search.Confirming ? rules.For(rate).Whole() : rules.For(rate), random));
            search.Report(rate, probes[^1].Verdict);
        }

        return (search, probes);
    }

    private static JournalEvent.Observation Observation(Fate fate, int arrival) =>
        Some.Request(arrival, fate.Planned, fate.Right ? Outcome.Completed : Outcome.Failed) with
        {
            Sent = Some.S(fate.Sent), FirstToken = fate.Right ? Some.S(fate.Ended) : null, LastToken = fate.Right ? Some.S(fate.Ended) : null,
            Ended = Some.S(fate.Ended),
        };

    private IEnumerable<Fate> Arrivals(double rate, double seconds, SplitMix64 random)
    {
        var (planned, free, sent) = (0.0, 0.0, double.NegativeInfinity);
        while (true)
        {
            planned += random.NextExponential() / rate;
            if (planned >= seconds)
            {
                yield break;
            }

            sent = Math.Max(planned, sent + (1 / GeneratorLimit));
            free = Math.Max(free, sent) + Service;
            yield return new Fate(planned, sent, free, random.NextDouble() >= Wrong);
        }
    }

    private sealed record Fate(double Planned, double Sent, double Ended, bool Right);
}
