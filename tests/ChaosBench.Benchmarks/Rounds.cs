namespace ChaosBench.Benchmarks;

/// <summary>Contestants one after the other, in an order that turns every round, so that a drift of the machine hits all.</summary>
internal static class Rounds
{
    /// <summary>Results by contestant and round, without those of the warm-up.</summary>
    public static async Task<List<T>[]> AlternateAsync<T>(int warmUp, int rounds, params Func<Task<T>>[] contestants)
    {
        var results = contestants.Select(_ => new List<T>()).ToArray();
        for (var round = -warmUp; round < rounds; round++)
        {
            foreach (var (i, run) in round % 2 == 0 ? contestants.Index() : contestants.Index().Reverse())
            {
                var result = await run();
                if (round >= 0)
                {
                    results[i].Add(result);
                }
            }
        }

        return results;
    }
}
