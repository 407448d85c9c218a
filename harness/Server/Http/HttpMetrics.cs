using System.Collections.Concurrent;

namespace ChaosBench.Server.Http;

/// <summary>Counters of one face. Thread-safe.</summary>
internal sealed class HttpMetrics
{
    private readonly ConcurrentDictionary<int, long> _byStatus = new();
    private readonly ConcurrentDictionary<string, long> _byFinish = new();
    private long _promptTokens;
    private long _reusedTokens;
    private long _generatedTokens;
    private long _late;

    public IEnumerable<(int Status, long Count)> ByStatus =>
        _byStatus.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value));

    public IEnumerable<(string Reason, long Count)> ByFinish =>
        _byFinish.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value));

    public long PromptTokens => Interlocked.Read(ref _promptTokens);

    /// <summary>Prompt tokens that an earlier prompt began with.</summary>
    public long ReusedTokens => Interlocked.Read(ref _reusedTokens);

    public long GeneratedTokens => Interlocked.Read(ref _generatedTokens);

    /// <summary>Generations whose time was over before they were whole.</summary>
    public long Late => Interlocked.Read(ref _late);

    public void Answered(int status) => _byStatus.AddOrUpdate(status, 1, (_, count) => count + 1);

    public void Generated(GenerationResult result)
    {
        Interlocked.Add(ref _promptTokens, result.PromptTokens);
        Interlocked.Add(ref _reusedTokens, result.ReusedPromptTokens);
        Interlocked.Add(ref _generatedTokens, result.CompletionTokens);
        if (result.Status == GenerationStatus.DeadlineExceeded)
        {
            Interlocked.Increment(ref _late);
        }

        if (result.FinishReason is { } reason)
        {
            _byFinish.AddOrUpdate(reason, 1, (_, count) => count + 1);
        }
    }
}
