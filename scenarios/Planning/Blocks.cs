using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// The timeline on which requests are drawn, and where each stretch of it is played. Without a baseline there is one stretch,
/// played once. In an A/B run every phase is cut into whole pairs of equal blocks and each pair plays one stretch twice, once an arm:
/// <code>
/// drawn:   |  1  |  2  |  3  |
/// played:  | A 1 | B 1 | B 2 | A 2 | A 3 | B 3 |      a keyed coin orders each odd pair, the next one is its mirror image:
///                                                     what one turn leaves behind for the next burdens both arms equally
/// </code>
/// Where versions are started anew, each turn begins with a pause without load: <c>|..A 1|..B 1|..B 2|..A 2|</c>.
/// </summary>
internal static class Blocks
{
    /// <param name="Start">On the drawn timeline, nanoseconds.</param>
    /// <param name="Plays">Where on the real timeline, in order.</param>
    public sealed record Stretch(long Start, long Length, IReadOnlyList<BlockWindow> Plays)
    {
        public long End => Start + Length;
    }

    /// <param name="block">Wanted, from one turn to the next.</param>
    public static IReadOnlyList<Stretch> Cut(Scenario scenario, IReadOnlyList<PhaseWindow> phases, ulong seed, TimeSpan block)
    {
        if (scenario.Baseline is null || scenario.Design is not ComparisonDesign.Turns)
        {
            var end = phases[^1].End;
            return [new Stretch(0, end, [new BlockWindow(0, TargetRole.Candidate, 0, end)])];
        }

        var stretches = new List<Stretch>();
        var pause = scenario.Fresh is { } fresh ? Nanos.From(fresh.Within) : 0;
        foreach (var phase in phases)
        {
            // A run that may go on has more pairs of the same length, so that its first ones are those of the run that does not.
            var wanted = scenario.UntilDecided is not null && phase.Phase == Phase.Baseline
                ? PairLimits.Shape(Nanos.From(scenario.Phases.Baseline), Nanos.From(block)).Each : Nanos.From(block);
            AddPairs(stretches, phase, seed, (wanted, pause));
        }

        return stretches;
    }

    /// <summary>As many whole pairs as come nearest to the wanted block, at least one: no time of the phase is left without load.</summary>
    private static void AddPairs(List<Stretch> stretches, PhaseWindow phase, ulong seed, (long Wanted, long Pause) turn)
    {
        var (pairs, each) = PairLimits.Shape(phase.End - phase.Start, turn.Wanted);
        if (each <= turn.Pause)
        {
            throw new PromptException(FormattableString.Invariant(
                $"a phase of {Nanos.ToSeconds(phase.End - phase.Start):0.###}s has no room for a pair of blocks with a pause of {Nanos.ToSeconds(turn.Pause):0.###}s before each; make it longer"));
        }

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
            stretches.Add(new Stretch(drawn, each - turn.Pause,
            [
                new BlockWindow(number, first, start + turn.Pause, start + each),
                new BlockWindow(number, second, start + each + turn.Pause, start + (2 * each)),
            ]));
        }
    }
}
