using ChaosBench.Scenarios;

namespace ChaosBench.Engine;

/// <summary>
/// The one monotonic clock of a run: nanoseconds from its start. Everything that goes into the journal is stamped with it;
/// share one instance between the engine and whoever else announces events. Before <see cref="Start"/> it stands at 0.
/// </summary>
public sealed class RunClock(TimeProvider time)
{
    private readonly long _frequency = time.TimestampFrequency;

    // 0 until the start. A provider whose first timestamp is 0 only loses that first reading's meaning, not the order.
    private long _origin;
    private int _started;

    public RunClock()
        : this(TimeProvider.System)
    {
    }

    public TimeProvider Time => time;

    public bool Started => Volatile.Read(ref _started) == 1;

    /// <summary>The provider's timestamp at the start of the run.</summary>
    internal long Origin => Volatile.Read(ref _origin);

    /// <summary>Nanoseconds from the start of the run.</summary>
    public long Now => Started ? ToNanos(time.GetTimestamp() - Origin) : 0;

    /// <summary>Makes this instant 0. A second call is a bug: a clock serves one run.</summary>
    public void Start()
    {
        if (Started)
        {
            throw new InvalidOperationException("This clock already serves a run; make a new one for each.");
        }

        Volatile.Write(ref _origin, time.GetTimestamp());
        Volatile.Write(ref _started, 1);
    }

    private long ToNanos(long ticks) => _frequency == Nanos.PerSecond
        ? ticks
        : (long)((Int128)ticks * Nanos.PerSecond / _frequency);
}
