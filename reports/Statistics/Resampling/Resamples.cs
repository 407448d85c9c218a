using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Statistics.Resampling;

/// <summary>Which values a bootstrap draws: lists of places in the sample. The list that is handed out is used again for the next one.</summary>
public static class Resamples
{
    private const int MostOfAll = 1_000_000;

    /// <summary>Independent draws with replacement, from the seeded generator: the same on every machine.</summary>
    public static IEnumerable<int[]> Drawn(int size, int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var (random, places) = (new SplitMix64(seed), new int[size]);
        for (var number = 0; number < count; number++)
        {
            for (var i = 0; i < size; i++)
            {
                places[i] = random.Next(size);
            }

            yield return places;
        }
    }

    /// <summary>All size^size of them, for a handful of values.</summary>
    public static IEnumerable<int[]> All(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Pow(size, size), MostOfAll, nameof(size));
        var places = new int[size];
        while (true)
        {
            yield return places;
            var at = 0;
            while (at < size && ++places[at] == size)
            {
                places[at++] = 0;
            }

            if (at == size)
            {
                yield break;
            }
        }
    }

    /// <summary>
    /// Runs of neighbours of a fixed length, from anywhere, the last one cut (moving blocks; Künsch, Annals of Statistics 17, 1989).
    /// </summary>
    public static IEnumerable<int[]> MovingBlocks(int size, int length, int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, size);
        var (random, places) = (new SplitMix64(seed), new int[size]);
        for (var number = 0; number < count; number++)
        {
            for (var i = 0; i < size; i += length)
            {
                var start = random.Next(size - length + 1);
                for (var j = 0; j < length && i + j < size; j++)
                {
                    places[i + j] = start + j;
                }
            }

            yield return places;
        }
    }

    /// <summary>
    /// Runs of neighbours of random length with this mean, around the end to the start: the resampled series is stationary (Politis and
    /// Romano, Journal of the American Statistical Association 89, 1994).
    /// </summary>
    public static IEnumerable<int[]> Stationary(int size, double meanLength, int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfLessThan(meanLength, 1);
        var (random, places) = (new SplitMix64(seed), new int[size]);
        for (var number = 0; number < count; number++)
        {
            for (var i = 0; i < size; i++)
            {
                places[i] = i == 0 || random.NextDouble() * meanLength < 1 ? random.Next(size) : (places[i - 1] + 1) % size;
            }

            yield return places;
        }
    }
}
