using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Searching;

/// <summary>Fresh pairs of a clean and a damaged text, in turns whose order a seeded coin decides.</summary>
internal sealed record Pairing(Effect Effect, Look Clean, Look Worst)
{
    /// <param name="key">Names the sampling seeds: no earlier measurement had them.</param>
    public static async Task<Pairing> MeasureAsync(
        Gauge gauge, Parent parent, (string Clean, string Worst) texts, string key, SearchSettings settings, CancellationToken cancellation)
    {
        var (clean, worst) = texts;
        var coin = KeyedHash.Stream(settings.Seed, "search-order", key);
        var pairs = new List<(Look Clean, Look Worst)>();
        var reference = parent.Reference;
        if (settings.Goal == SearchGoal.Quality && clean != parent.Text)
        {
            // Where only likeness tells, the shorter prompt has an answer of its own.
            reference = (await gauge.LookAsync(parent.Sample, clean, null, $"{key} reference", cancellation).ConfigureAwait(false)).Text;
        }

        for (var number = 0; number < settings.Pairs; number++)
        {
            var name = FormattableString.Invariant($"{key} {number}");
            Task<Look> Ask(string text) => gauge.LookAsync(parent.Sample, text, reference, name, cancellation);
            if (coin.Next(2) == 0)
            {
                var first = await Ask(clean).ConfigureAwait(false);
                pairs.Add((first, await Ask(worst).ConfigureAwait(false)));
            }
            else
            {
                var first = await Ask(worst).ConfigureAwait(false);
                pairs.Add((await Ask(clean).ConfigureAwait(false), first));
            }
        }

        return new Pairing(Effect.Of(settings.Goal, [.. pairs.Select(pair => (pair.Clean.Value, pair.Worst.Value))], settings.Finds), pairs[^1].Clean, pairs[^1].Worst);
    }

    public Find Into(Find find) => find with
    {
        CleanTokensIn = Clean.InputTokens, CleanTokensOut = Clean.OutputTokens, WorstTokensIn = Worst.InputTokens, WorstTokensOut = Worst.OutputTokens,
    };
}
