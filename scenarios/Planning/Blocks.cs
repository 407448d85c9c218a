using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// The timeline on which requests are drawn, and where each stretch of it is played. Without a baseline there is one stretch,
/// played once. In an A/B run every phase is cut into whole pairs of equal blocks and each pair plays one stretch twice, once an arm:
/// <code>
/// drawn:   |  1  |  2  |  3  |
/// played:  | A 1 | B 1 | B 2 | A 2 | A 3 | B 3 |      a keyed coin orders each odd pair, the next one is its mirror image:
///                                                     what one turn leaves behind for the next burdens both arms equally
/// </code>
/// </summary>
internal static class Blocks
{
    /// <param name="Start">On the drawn timeline, nanoseconds.</param>
    /// <param name="Plays">Where on the real timeline, in order.</param>
    public sealed record Stretch(long Start, long Length, IReadOnlyList<BlockWindow> Plays)
    {
        public long End => Start + Length;
    }

    public static IReadOnlyList<Stretch> Cut(Scenario scenario, IReadOnlyList<PhaseWindow> phases, ulong seed, TimeSpan block)
    {
        if (scenario.Baseline is null || scenario.Design is not ComparisonDesign.Turns)
        {
            var end = phases[^1].End;
            return [new Stretch(0, end, [new BlockWindow(0, TargetRole.Candidate, 0, end)])];
        }

        var stretches = new List<Stretch>();
        foreach (var phase in phases)
        {
            // A run that may go on has more pairs of the same length, so that its first ones are those of the run that does not.
            var wanted = scenario.UntilDecided is not null && phase.Phase == Phase.Baseline
                ? PairLimits.Shape(Nanos.From(scenario.Phases.Baseline), Nanos.From(block)).Each : Nanos.From(block);
            AddPairs(stretches, phase, seed, wanted);
        }

        return stretches;
    }

    /// <summary>As many whole pairs as come nearest to the wanted block, at least one: no time of the phase is left without load.</summary>
    private static void AddPairs(List<Stretch> stretches, PhaseWindow phase, ulong seed, long block)
    {
        var (pairs, each) = PairLimits.Shape(phase.End - phase.Start, block);
        for (var pair = 0; pair < pairs; pair++)
        {
            var number = stretches.Count + 1;
            var drawn = stretches.Count == 0 ? 0 : stretches[^1].End;
            var start = phase.Start + (2 * each * pair);
            var mirrored = number % 2 == 0;
            var coin = KeyedHash.Coin(seed, "arm-order", FormattableString.Invariant($"{(mirrored ? number - 1 : number)}"), 0.5);
            var candidateFirst = coin != mirrored;
            var (first, second) = candidateFirst
                ? (TargetRole.Candidate, TargetRole.Baseline)
                : (TargetRole.Baseline, TargetRole.Candidate);
            stretches.Add(new Stretch(drawn, each,
            [
                new BlockWindow(number, first, start, start + each),
                new BlockWindow(number, second, start + each, start + (2 * each)),
            ]));
        }
    }
}
