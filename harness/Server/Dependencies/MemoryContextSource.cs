namespace ChaosBench.Server.Dependencies;

/// <summary>Knows every key: one customer in four is of the tier <c>business</c>, chosen by the key.</summary>
internal sealed class MemoryContextSource(TimeSpan latency, TimeProvider time) : IContextSource
{
    private const string Business = """{"tier":"business"}""";
    private const string Standard = """{"tier":"standard"}""";

    public async ValueTask<StoredRecord> FindAsync(string key, CancellationToken cancellation)
    {
        if (latency > TimeSpan.Zero)
        {
            await Task.Delay(latency, time, cancellation).ConfigureAwait(false);
        }

        var json = key.Length > 0 && key[^1] is '0' or '4' or '8' or 'c' ? Business : Standard;
        return new StoredRecord(key, json, json.Length);
    }
}
