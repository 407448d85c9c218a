namespace ChaosBench.Server.Workers;

/// <summary>What is due when a beat passes.</summary>
internal enum Beat
{
    Ask,
    Wait,
    Silent,
}

/// <summary>
/// Whether a worker is alive and works. Counts beats without an answer instead of time: when this process itself stood still, nothing
/// is held against the worker. One question is on its way at most, so that a frozen worker's pipe does not fill.
/// </summary>
/// <param name="missedBeats">After so many without an answer it is silent.</param>
internal sealed class Heartbeat(int missedBeats)
{
    private int _missed;
    private volatile bool _responsive = true;

    /// <summary>It answered its last questions, and its batch loop moves.</summary>
    public bool Responsive => _responsive;

    public Beat Next()
    {
        var missed = Interlocked.Increment(ref _missed);
        _responsive &= missed <= missedBeats;
        return missed == 1 ? Beat.Ask : missed > missedBeats ? Beat.Silent : Beat.Wait;
    }

    /// <param name="moves">Of the batch loop: a process whose loop hangs answers as well, and serves nobody.</param>
    public void Answered(bool moves)
    {
        Volatile.Write(ref _missed, 0);
        _responsive = moves;
    }
}
