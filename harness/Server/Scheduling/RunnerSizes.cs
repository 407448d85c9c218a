namespace ChaosBench.Server.Scheduling;

/// <param name="Positions">Per slot, prompt and answer together.</param>
/// <param name="Chunk">Most prompt tokens per call.</param>
/// <param name="Kept">Rows of the cache behind the slots, which no step touches: <see cref="PrefixShelf"/>.</param>
internal sealed record RunnerSizes(int Slots, int Positions, int Chunk, int Kept = 0)
{
    public int Rows => Slots + Kept;
}
