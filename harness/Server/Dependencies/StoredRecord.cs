namespace ChaosBench.Server.Dependencies;

/// <summary>A record as its store gave it: hostile until it has been checked.</summary>
/// <param name="Key">See <see cref="ContextStore.KeyOf"/>.</param>
/// <param name="Json">The record as JSON text. Null when there is none, or when it is too large to be read.</param>
/// <param name="Bytes">UTF-8 bytes of the whole record, also of one that was not read; 0 when there is none.</param>
public sealed record StoredRecord(string Key, string? Json, long Bytes)
{
    /// <summary>No record of this key: an answer, and not a failure.</summary>
    public static StoredRecord None(string key) => new(key, null, 0);
}

/// <summary>Where records are kept.</summary>
public interface IContextSource : IAsyncDisposable
{
    /// <summary>Makes the store ready for lookups; called once, before the first.</summary>
    /// <exception cref="DependencyUnavailableException">It cannot be reached or not be used; the message is for the operator.</exception>
    ValueTask StartAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Ends soon after <paramref name="cancellation"/> fires, whatever the store does.</summary>
    ValueTask<StoredRecord> FindAsync(string key, CancellationToken cancellation);

    /// <summary>A failure that a second try at once may mend, such as a pooled connection that died while it was idle.</summary>
    bool IsTransient(Exception failure) => false;

    ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
