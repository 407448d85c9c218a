using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// How many pairs of blocks a run that goes on until it is decided plays after its warm-up: all of <paramref name="Most"/> are planned, byte
/// for byte, and the run stops at the end of a pair once nothing is open any more.
/// </summary>
/// <param name="Least">Pairs that the baseline phase asks for. A pass is not taken before them: leaks and cold caches show late.</param>
/// <param name="Most">Pairs that the budget has room for.</param>
public sealed record PairLimits(int Least, int Most)
{
    /// <summary>Null when the scenario does not go on until it is decided.</summary>
    public static PairLimits? Of(Scenario scenario, TimeSpan block)
    {
        if (scenario.UntilDecided is not { } budget)
        {
            return null;
        }

        var (least, each) = Shape(Nanos.From(scenario.Phases.Baseline), Nanos.From(Slot(scenario, block)));
        var most = budget.Pairs ?? (int)Math.Min(PairBudget.MostPairs, Nanos.From(budget.Time!.Value) / (2 * each));
        return new PairLimits(least, most);
    }

    /// <summary>From one turn to the next: the block, and the pause before it where there is one.</summary>
    internal static TimeSpan Slot(Scenario scenario, TimeSpan block) => scenario.Fresh?.Slot(block) ?? block;

    /// <summary>A phase in whole pairs of about the wanted block: how many, and how long one arm's turn is. At least one pair.</summary>
    internal static (int Pairs, long Each) Shape(long length, long block)
    {
        var pairs = (int)Math.Clamp(Math.Round(length / (2.0 * block)), 1, PairBudget.MostPairs);
        return (pairs, Math.Max(1, length / (2 * pairs)));
    }
}
