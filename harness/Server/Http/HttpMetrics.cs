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
    private readonly long[] _firstTokens = new long[FirstTokenBounds.Length + 1];
    private long _firstTokenTicks;

    /// <summary>Seconds; vLLM's own of <c>time_to_first_token_seconds</c>.</summary>
    public static double[] FirstTokenBounds { get; } =
        [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560];

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

    /// <summary>Streams by the time to their first token: how many fell into each bucket, and the sum of all, in seconds.</summary>
    public (IReadOnlyList<long> Counts, double Sum) FirstTokens =>
        ([.. _firstTokens.Select((_, at) => Interlocked.Read(ref _firstTokens[at]))], TimeSpan.FromTicks(Interlocked.Read(ref _firstTokenTicks)).TotalSeconds);

    /// <summary>The first text of a stream is about to go out.</summary>
    /// <param name="after">Since its request came in.</param>
    public void FirstToken(TimeSpan after)
    {
        var at = Array.FindIndex(FirstTokenBounds, bound => after.TotalSeconds <= bound);
        Interlocked.Increment(ref _firstTokens[at < 0 ? FirstTokenBounds.Length : at]);
        Interlocked.Add(ref _firstTokenTicks, after.Ticks);
    }

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
