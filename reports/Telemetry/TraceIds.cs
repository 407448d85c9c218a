using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Telemetry;

/// <summary>
/// The W3C trace context of a run: which trace and span a request belongs to. A keyed hash of its number and nothing else, so that the
/// engine can write it into a header without asking anybody, and the journal tells the same ids years later.
/// <code>
/// key = SHA-256(plan, start of the run)      trace = mix(key, first request of the conversation)      span = mix(key, request, attempt)
/// </code>
/// The mixing (SplitMix64's) is one to one: no two spans of a run share an id. Ids are unpredictable to nobody; they are names, not secrets.
/// </summary>
public sealed class TraceIds
{
    /// <summary>Bytes of a <c>traceparent</c> value: <c>00-{trace, 32}-{span, 16}-{flags, 2}</c>.</summary>
    public const int HeaderLength = 55;

    /// <summary>More attempts than any client policy makes.</summary>
    private const int AttemptBits = 8;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly ulong _span;
    private readonly ulong _coin;
    private readonly double _share;

    /// <param name="share">Of the traces, how many are sampled: 0 to 1.</param>
    public TraceIds(string planSha256, DateTimeOffset startedUtc, double share)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"chaosbench-trace {planSha256} {startedUtc.UtcTicks}");
        Span<byte> key = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), key);
        _high = BinaryPrimitives.ReadUInt64LittleEndian(key);
        _low = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]);
        _span = BinaryPrimitives.ReadUInt64LittleEndian(key[16..]);
        _coin = BinaryPrimitives.ReadUInt64LittleEndian(key[24..]);
        _share = share;
    }

    public static TraceIds Of(JournalEvent.RunStarted run) => new(run.PlanSha256, run.StartedUtc, run.Telemetry?.Sample ?? 1);

    /// <summary>Name of the run in telemetry: the trace of its root span.</summary>
    public string RunId => RunTrace.ToString();

    /// <summary>The trace of the run itself, its phases and its faults.</summary>
    public TraceId RunTrace => TraceAt(-1);

    /// <param name="conversation">Number of the request that began the conversation; of a request that stands alone, its own.</param>
    public TraceId TraceOf(int conversation) => TraceAt(conversation);

    /// <param name="attempt">From 1; 0: the request as its caller sees it.</param>
    public ulong SpanOf(int arrival, int attempt = 0) => NotZero(Mix(_span, ((long)arrival << AttemptBits) + attempt));

    /// <summary>Of a span that is no request's: numbers of its own, below all of theirs.</summary>
    /// <param name="number">From 0.</param>
    public ulong RunSpan(int number) => NotZero(Mix(_span, -1L - number));

    /// <summary>One decision for all spans of a trace, made before anybody knows how it ends.</summary>
    public bool IsSampled(int conversation) => (Mix(_coin, conversation) >> 11) * (1.0 / (1UL << 53)) < _share;

    /// <summary>Writes the value of the header, ASCII.</summary>
    /// <param name="header">At least <see cref="HeaderLength"/> bytes.</param>
    public void Write(Span<byte> header, int conversation, int arrival, int attempt)
    {
        var trace = TraceAt(conversation);
        "00-"u8.CopyTo(header);
        trace.High.TryFormat(header[3..], out _, "x16", CultureInfo.InvariantCulture);
        trace.Low.TryFormat(header[19..], out _, "x16", CultureInfo.InvariantCulture);
        header[35] = (byte)'-';
        SpanOf(arrival, attempt).TryFormat(header[36..], out _, "x16", CultureInfo.InvariantCulture);
        (IsSampled(conversation) ? "-01"u8 : "-00"u8).CopyTo(header[52..]);
    }

    public string Header(int conversation, int arrival, int attempt)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        Write(header, conversation, arrival, attempt);
        return Encoding.ASCII.GetString(header);
    }

    private static ulong NotZero(ulong id) => id == 0 ? 1 : id;

    private static ulong Mix(ulong key, long number)
    {
        unchecked
        {
            var z = key + ((ulong)number + 1) * 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    private TraceId TraceAt(long number) => new(Mix(_high, number), NotZero(Mix(_low, number)));
}

/// <summary>16 bytes, most significant first; never all zero.</summary>
public readonly record struct TraceId(ulong High, ulong Low)
{
    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");
}
