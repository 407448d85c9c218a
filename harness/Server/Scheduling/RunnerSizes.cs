namespace ChaosBench.Server.Scheduling;

/// <param name="Positions">Per slot, prompt and answer together.</param>
/// <param name="Chunk">Most prompt tokens per call.</param>
internal sealed record RunnerSizes(int Slots, int Positions, int Chunk);
