namespace ChaosBench.Server.Workers;

/// <summary>What every worker of a server has in common.</summary>
/// <param name="Positions">Positions of one request, prompt and answer together.</param>
/// <param name="Beat">How often a worker is asked for a sign of life.</param>
/// <param name="MissedBeats">After so many without an answer it counts as frozen.</param>
internal sealed record WorkerSpec(WorkerStart Start, int Positions, int Vocabulary, TimeSpan Beat, int MissedBeats);
