using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Merging;

/// <summary>
/// One fault that every shard injects into its own requests moves once on the timeline of the whole run: it is there from the first
/// shard's injection on, and gone when the last one has lifted it.
/// </summary>
internal sealed class FaultMoves
{
    private readonly Dictionary<string, Counts> _faults = new(StringComparer.Ordinal);

    /// <returns>Whether the move is one of the whole run. Failures always are.</returns>
    public bool Moves(JournalEvent.FaultTransition move)
    {
        if (!_faults.TryGetValue(move.Fault, out var seen))
        {
            _faults[move.Fault] = seen = new Counts();
        }

        switch (move.State)
        {
            case FaultState.Ordered:
                return seen.Ordered++ == 0;
            case FaultState.Active:
                seen.Unhealed++;
                return seen.Active++ == 0;
            case FaultState.Cleared:
                seen.Active = Math.Max(0, seen.Active - 1);
                return seen.Active == 0;
            case FaultState.Healed:
                seen.Unhealed = Math.Max(0, seen.Unhealed - 1);
                seen.Ordered = seen.Unhealed == 0 ? 0 : seen.Ordered;
                return seen.Unhealed == 0;
            default:
                return true;
        }
    }

    private sealed class Counts
    {
        public int Ordered { get; set; }
        public int Active { get; set; }
        public int Unhealed { get; set; }
    }
}
