using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Calibrating;

/// <summary>Rounds of recorded pairs made by hand: both versions meet the same requests, with noise of their own.</summary>
internal static class Recorded
{
    public const int PairsPerRound = 20;

    /// <param name="factor">The candidate's slowness.</param>
    /// <param name="noise">Of a turn, relative.</param>
    /// <param name="wrong">The candidate's share of wrong answers beside the 10 % that both have.</param>
    public static IReadOnlyList<Measurements> Rounds(int pairs, double factor = 1, double noise = 0.02, ulong seed = 1, double wrong = 0)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, (pairs + PairsPerRound - 1) / PairsPerRound)
            .Select(round => Round(random, Math.Min(PairsPerRound, pairs - (round * PairsPerRound)), factor, noise, wrong))];
    }

    private static Measurements Round(SplitMix64 random, int pairs, double factor, double noise, double wrong)
    {
        const int Requests = 50;
        double Noise() => (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2;
        var events = new List<JournalEvent>();
        for (var pair = 0; pair < pairs; pair++)
        {
            var sizes = Enumerable.Range(0, Requests).Select(_ => (Long: Math.Exp(0.3 * Noise()), Right: random.NextDouble() < 0.9)).ToList();
            foreach (var candidate in new[] { true, false })
            {
                var mood = 1 + (noise * Noise());
                foreach (var (size, right) in sizes)
                {
                    var number = events.Count;
                    var took = 0.03 * size * mood * (1 + (noise * Noise())) * (candidate ? factor : 1);
                    events.Add(Some.Request(number, 19.0 * pair / pairs, ttft: took) with
                    {
                        Target = candidate ? Some.Candidate : Some.Baseline, Block = pair + 1, Cohort = Some.Cohort(grader: GraderKind.Exact),
                    });
                    events.Add(Some.Score(number, right && !(candidate && random.NextDouble() < wrong) ? 1 : 0));
                }
            }
        }

        return Some.Fold(
            Some.Run() with { Targets = new Dictionary<string, string> { ["candidate"] = Some.Candidate, ["baseline"] = Some.Baseline } }, events);
    }
}
