using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Polly;

namespace ChaosBench.Server.Dependencies;

/// <summary>What the store knows about who is asking.</summary>
/// <param name="Key">See <see cref="ContextStore.KeyOf"/>.</param>
/// <param name="Tier">Service tier of the customer.</param>
public sealed record ContextRecord(string Key, string Tier)
{
    /// <summary>Stands in for a record that could not be read.</summary>
    public static ContextRecord Unknown { get; } = new("", "unknown");
}

/// <summary>Where records are kept.</summary>
public interface IContextSource
{
    ValueTask<ContextRecord> FindAsync(string key, CancellationToken cancellation);
}

/// <summary>The <c>context-store</c> of a server: a lookup that every request makes before inference.</summary>
public sealed record ContextStoreOptions
{
    public const string Name = "context-store";

    /// <summary>The honest latency of the store in memory. Default 1 ms; zero answers at once.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Longest wait for a lookup. Default 250 ms.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Serve without the record when the lookup fails, marked degraded; else the request fails. Default true.</summary>
    public bool Fallback { get; init; } = true;

    /// <summary>Adds strategies directly around the lookup: the place of chaos strategies.</summary>
    public Action<ResiliencePipelineBuilder<ContextRecord>>? Innermost { get; init; }

    /// <summary>Null: a store in memory that knows every key.</summary>
    public IContextSource? Source { get; init; }
}

/// <summary>
/// Looks up the context of a request. The record says who asks; it is <b>not</b> put into the prompt, because the reference
/// model was not trained on it: losing the store degrades the service, not the answer.
/// </summary>
public sealed class ContextStore
{
    private readonly IContextSource _source;
    private readonly DependencyPipeline<ContextRecord> _pipeline;

    public ContextStore(ContextStoreOptions options, TimeProvider time, Action<ServerEvent> announce)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Latency, TimeSpan.Zero);
        _source = options.Source ?? new MemoryContextSource(options.Latency, time);
        _pipeline = new DependencyPipeline<ContextRecord>(
            new DependencyOptions<ContextRecord>
            {
                Name = ContextStoreOptions.Name,
                Timeout = options.Timeout,
                Fallback = options.Fallback ? () => ContextRecord.Unknown : null,
                Innermost = options.Innermost,
            },
            time, announce);
    }

    /// <param name="asker">What identifies who asks, for example the last user message.</param>
    /// <param name="faultKey">See <see cref="GenerationRequest.FaultKey"/>; null: the request id.</param>
    public ValueTask<DependencyReply<ContextRecord>> FindAsync(
        string requestId, string asker, CancellationToken cancellation, string? faultKey = null)
    {
        var key = KeyOf(asker);
        return _pipeline.CallAsync(requestId, inner => _source.FindAsync(key, inner), cancellation, faultKey);
    }

    /// <summary>The first 8 bytes of SHA-256 over the UTF-16 text, in hex: any text is a key, lone surrogates included.</summary>
    public static string KeyOf(string asker)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(MemoryMarshal.AsBytes(asker.AsSpan()), hash);
        return Convert.ToHexStringLower(hash[..8]);
    }
}

/// <summary>Knows every key: one customer in four is of the tier <c>business</c>, chosen by the key.</summary>
internal sealed class MemoryContextSource(TimeSpan latency, TimeProvider time) : IContextSource
{
    public async ValueTask<ContextRecord> FindAsync(string key, CancellationToken cancellation)
    {
        if (latency > TimeSpan.Zero)
        {
            await Task.Delay(latency, time, cancellation).ConfigureAwait(false);
        }

        var business = key.Length > 0 && key[^1] is '0' or '4' or '8' or 'c';
        return new ContextRecord(key, business ? "business" : "standard");
    }
}
