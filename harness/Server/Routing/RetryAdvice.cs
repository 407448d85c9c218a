namespace ChaosBench.Server.Routing;

/// <summary>How long a caller who was turned away should wait: the time the queue needs at the recent pace.</summary>
internal sealed class RetryAdvice
{
    /// <summary>Weight of the newest request in the moving average of service times.</summary>
    private const double Newest = 0.1;

    private const double Longest = 60;

    // Seconds; 0 until the first request is done. Torn or lost updates would only blur an estimate, but a long is never torn.
    private long _average;

    public void Observe(TimeSpan service)
    {
        var old = BitConverter.Int64BitsToDouble(Volatile.Read(ref _average));
        var next = old == 0 ? service.TotalSeconds : old + (Newest * (service.TotalSeconds - old));
        Volatile.Write(ref _average, BitConverter.DoubleToInt64Bits(next));
    }

    /// <summary>Whole seconds, 1 to 60: average service time x waiting / places.</summary>
    public int Seconds(int waiting, int places)
    {
        var average = BitConverter.Int64BitsToDouble(Volatile.Read(ref _average));
        return (int)Math.Clamp(Math.Ceiling(average * waiting / places), 1, Longest);
    }
}
