namespace ChaosBench.Server.Scheduling;

/// <summary>
/// Tells a batch loop that works or rests from one that hangs: in a step that does not end, or in a sleep from which an arrival does
/// not wake it. Any thread may look.
/// </summary>
internal sealed class LoopPulse(TimeProvider time)
{
    private const long Resting = long.MinValue;

    // Timestamp since which the loop owes the next beat.
    private long _since = Resting;

    /// <summary>The loop begins a round.</summary>
    public void Beat() => Volatile.Write(ref _since, time.GetTimestamp());

    /// <summary>The loop has nothing to do and waits for arrivals.</summary>
    public void Rest() => Volatile.Write(ref _since, Resting);

    /// <summary>Something is about to arrive, so that a loop at rest owes a beat. Call it before the arrival can be seen.</summary>
    public void Owe() => Interlocked.CompareExchange(ref _since, time.GetTimestamp(), Resting);

    /// <summary>The loop owes nothing, or not for longer than <paramref name="limit"/>.</summary>
    public bool Moves(TimeSpan limit) =>
        Volatile.Read(ref _since) is var since && (since == Resting || time.GetElapsedTime(since) <= limit);
}
