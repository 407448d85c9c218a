namespace ChaosBench.Reports.Journal;

/// <summary>
/// Where a run's events go. <see cref="Write"/> is thread-safe and never blocks on the disk; what could not be written
/// surfaces once, as a <see cref="JournalException"/>, when the journal is flushed or closed.
/// </summary>
public interface IJournalWriter
{
    void Write(JournalEvent @event);

    /// <summary>What was written until now outlives this process from here on. Waits for the operating system, never for the disk.</summary>
    void Flush()
    {
    }
}
