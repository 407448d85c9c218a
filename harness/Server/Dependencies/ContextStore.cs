using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ChaosBench.Server.Dependencies.Postgres;
using ChaosBench.Server.Guardrails;

namespace ChaosBench.Server.Dependencies;

/// <summary>
/// Looks up the context of a request. The record says who asks; it is <b>not</b> put into the prompt, because the reference
/// model was not trained on it: losing the store degrades the service, not the answer.
/// </summary>
public sealed class ContextStore : IAsyncDisposable
{
    private const int MostRecordBytes = 16 << 10;
    private const int MostQuarantined = 1_024;
    private static readonly TimeSpan QuarantineTime = TimeSpan.FromMinutes(1);

    private readonly IContextSource _source;
    private readonly bool _ownsSource;
    private readonly DependencyPipeline<StoredRecord> _pipeline;
    private readonly bool _fallback;
    private readonly RecordGuard _guard;
    private readonly Quarantine _quarantine;
    private readonly GuardrailCounts _counts;
    private readonly Action<ServerEvent> _announce;

    public ContextStore(ContextStoreOptions options, TimeProvider time, Action<ServerEvent> announce)
        : this(options, null, new GuardrailCounts(), time, announce)
    {
    }

    internal ContextStore(
        ContextStoreOptions options, JsonSchema? schema, GuardrailCounts counts, TimeProvider time, Action<ServerEvent> announce)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Latency, TimeSpan.Zero);
        _ownsSource = options.Source is null;
        _source = options.Source
            ?? (options.Postgres is { } postgres ? new PostgresContextSource(postgres) : new MemoryContextSource(options.Latency, time));
        _fallback = options.Fallback;
        _guard = new RecordGuard(schema, options.Postgres?.MaxRecordBytes ?? MostRecordBytes);
        _quarantine = new Quarantine(MostQuarantined, QuarantineTime, time);
        _counts = counts;
        _announce = announce;
        _pipeline = new DependencyPipeline<StoredRecord>(
            new DependencyOptions<StoredRecord>
            {
                Name = ContextStoreOptions.Name,
                Timeout = options.Timeout,
                Fallback = options.Fallback ? () => StoredRecord.None("") : null,
                RetryOnce = _source.IsTransient,
                Breaker = options.BreakerInUse,
                Innermost = options.Innermost,
            },
            time, announce);
    }

    /// <summary>What became of the lookups so far; records in quarantine are not looked up.</summary>
    public DependencyFacts Facts => _pipeline.Facts;

    /// <summary>Records that are withheld at this moment.</summary>
    public int Quarantined => _quarantine.Count;

    /// <exception cref="DependencyUnavailableException">The store cannot be used; the message is for the operator.</exception>
    public ValueTask StartAsync(CancellationToken cancellation) => _source.StartAsync(cancellation);

    /// <summary>The checked record. A poisoned one is quarantined, and the request goes on as if the store had failed.</summary>
    /// <param name="key">See <see cref="KeyOf"/> and <see cref="KeyOfUser"/>.</param>
    /// <param name="faultKey">See <see cref="GenerationRequest.FaultKey"/>; null: the request id.</param>
    public async ValueTask<DependencyReply<ContextRecord>> FindAsync(
        string requestId, string key, CancellationToken cancellation, string? faultKey = null)
    {
        if (_quarantine.Find(key) is { } known)
        {
            _counts.Add(known, "withhold");
            return Withheld(known);
        }

        var reply = await _pipeline.CallAsync(requestId, inner => _source.FindAsync(key, inner), cancellation, faultKey, key)
            .ConfigureAwait(false);
        if (reply.Status != DependencyStatus.Answered)
        {
            return new DependencyReply<ContextRecord>(
                reply.Status, reply.Status == DependencyStatus.FellBack ? ContextRecord.Unknown : null, reply.Reason);
        }

        var (record, broken) = _guard.Inspect(reply.Value!);
        if (broken is null)
        {
            return new DependencyReply<ContextRecord>(DependencyStatus.Answered, record, null);
        }

        _quarantine.Add(key, broken);
        _counts.Add(broken, "quarantine");
        _announce(new ServerEvent(ServerEventKind.GuardrailQuarantined, RequestId: requestId, Detail: $"{ContextStoreOptions.Name}: {broken}"));
        return Withheld(broken);
    }

    public ValueTask DisposeAsync() => _ownsSource ? _source.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>The first 8 bytes of SHA-256 over the UTF-16 text, in hex: any text is a key, lone surrogates included.</summary>
    public static string KeyOf(string asker)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(MemoryMarshal.AsBytes(asker.AsSpan()), hash);
        return Convert.ToHexStringLower(hash[..8]);
    }

    /// <summary>The name itself when it is 1 to 64 ASCII letters, digits and <c>. _ - : @</c>; else as <see cref="KeyOf"/>.</summary>
    public static string KeyOfUser(string user) =>
        user.Length is >= 1 and <= 64 && user.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or ':' or '@')
            ? user
            : KeyOf(user);

    private DependencyReply<ContextRecord> Withheld(string rule) => new(
        _fallback ? DependencyStatus.FellBack : DependencyStatus.Failed, _fallback ? ContextRecord.Unknown : null,
        $"{ContextStoreOptions.Name} has a record that is in quarantine ({rule})");
}
