using System.Diagnostics;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// Arrival processes as pure functions: (process, span, random stream) to instants in nanoseconds, ordered, in [0, span).
/// </summary>
public static class ArrivalTimes
{
    /// <param name="span">Nanoseconds.</param>
    /// <param name="groupSize">Mean requests per instant: the rate of instants is the process' rate divided by it. 1 without
    /// client-side batches.</param>
    /// <param name="random">Not used by equal gaps.</param>
    public static IEnumerable<long> Create(ArrivalProcess process, long span, double groupSize, SplitMix64 random) =>
        process switch
    {
        ArrivalProcess.Constant constant =>
            Until(span, Ramp(constant.Rate.PerSecond / groupSize, constant.Rate.PerSecond / groupSize, span)),
        ArrivalProcess.Poisson poisson => Until(span, Poisson(poisson.Rate.PerSecond / groupSize, random)),
        ArrivalProcess.Ramp ramp => Until(span, Ramp(ramp.From.PerSecond / groupSize, ramp.To.PerSecond / groupSize, span)),
        ArrivalProcess.Shaped shaped => Until(span, Shaped(shaped, Nanos.ToSeconds(span), groupSize, random)),
        ArrivalProcess.Clients clients => Merged(
            clients.Each.Select(client => Create(client, span, groupSize, new SplitMix64(random.NextUInt64()))).ToList()),
        ArrivalProcess.Replay => throw new ArgumentException("the instants of a replay are those of its trace", nameof(process)),
        _ => throw new UnreachableException(),
    };

    /// <summary>Requests that the process brings in <paramref name="span"/> nanoseconds, in the mean.</summary>
    public static double Expected(ArrivalProcess process, long span) => process switch
    {
        ArrivalProcess.Constant constant => constant.Rate.PerSecond * Nanos.ToSeconds(span),
        ArrivalProcess.Poisson poisson => poisson.Rate.PerSecond * Nanos.ToSeconds(span),
        ArrivalProcess.Ramp ramp => (ramp.From.PerSecond + ramp.To.PerSecond) / 2 * Nanos.ToSeconds(span),
        ArrivalProcess.Shaped shaped => RateCurve.Of(shaped.Profile, Nanos.ToSeconds(span)).Integral(Nanos.ToSeconds(span)),
        ArrivalProcess.Clients clients => clients.Each.Sum(client => Expected(client, span)),

        // Only its rows tell; they are counted when they are read.
        ArrivalProcess.Replay => 0,
        _ => throw new UnreachableException(),
    };

    /// <summary>A process of unit rate, brought to the profile's by the inverse of its integral.</summary>
    private static IEnumerable<double> Shaped(ArrivalProcess.Shaped shaped, double span, double groupSize, SplitMix64 random)
    {
        var curve = RateCurve.Of(shaped.Profile, span);
        return RenewalProcess.Create(shaped.Gaps, random, curve.Integral(span) / groupSize).Select(at => curve.Inverse(at * groupSize));
    }

    /// <summary>In order of time; at one instant, in the order of the clients.</summary>
    private static IEnumerable<long> Merged(IReadOnlyList<IEnumerable<long>> clients)
    {
        var heads = new PriorityQueue<IEnumerator<long>, (long At, int Client)>();
        var open = clients.Select(client => client.GetEnumerator()).ToList();
        try
        {
            for (var client = 0; client < open.Count; client++)
            {
                if (open[client].MoveNext())
                {
                    heads.Enqueue(open[client], (open[client].Current, client));
                }
            }

            while (heads.TryDequeue(out var head, out var first))
            {
                yield return first.At;
                if (head.MoveNext())
                {
                    heads.Enqueue(head, (head.Current, first.Client));
                }
            }
        }
        finally
        {
            open.ForEach(client => client.Dispose());
        }
    }

    /// <summary>Independent exponential gaps; the first arrival comes after a gap too.</summary>
    private static IEnumerable<double> Poisson(double rate, SplitMix64 random)
    {
        var seconds = 0.0;
        while (true)
        {
            seconds += random.NextExponential() / rate;
            yield return seconds;
        }
    }

    /// <summary>
    /// Arrival k at the instant when the expected count a t + (b - a) t^2 / 2T reaches k, so the first is at 0. Solved for t in
    /// the form 2k / (a + sqrt(a^2 + 2ck)), c = (b - a)/T, which loses no digits at c near 0 and is k/a for a constant rate.
    /// </summary>
    private static IEnumerable<double> Ramp(double from, double to, long span)
    {
        var slope = (to - from) / Nanos.ToSeconds(span);
        yield return 0;
        for (var k = 1L; ; k++)
        {
            var square = (from * from) + (2 * slope * k);
            if (square < 0)
            {
                // A falling rate reaches its end before this count.
                yield break;
            }

            var speed = from + Math.Sqrt(square);
            yield return speed > 0 ? 2 * k / speed : double.PositiveInfinity;
        }
    }

    private static IEnumerable<long> Until(long span, IEnumerable<double> seconds)
    {
        foreach (var at in seconds)
        {
            if (at * Nanos.PerSecond >= span || Nanos.FromSeconds(at) >= span)
            {
                yield break;
            }

            yield return Nanos.FromSeconds(at);
        }
    }
}
