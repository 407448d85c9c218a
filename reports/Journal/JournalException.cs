namespace ChaosBench.Reports.Journal;

/// <summary>A journal or manifest that cannot be written or read. The message says where, what and what to do.</summary>
public sealed class JournalException : Exception
{
    public JournalException(string message)
        : base(message)
    {
    }

    public JournalException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
