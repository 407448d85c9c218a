using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces;

/// <summary>
/// One pass over a file of traffic, whatever its format:
/// <code>
/// file -> items -> sound records -> in order of time -> wanted window and sessions -> times from zero
///           '-> skipped, ignored, notes: counted, and refused when too many or implausible
/// </code>
/// </summary>
public sealed class TracePass : IDisposable
{
    /// <summary>Sessions whose first instant is remembered.</summary>
    private const int MaxBegun = 1_000_000;

    private readonly TraceFile _file;
    private readonly ITraceFormat _format;
    private readonly TraceOptions _options;
    private readonly TraceTally _tally;
    private readonly TraceOrder _order;
    private readonly Dictionary<string, long> _begun = new(StringComparer.Ordinal);

    private TracePass(TraceFile file, ITraceFormat format, TraceOptions options)
    {
        _file = file;
        _format = format;
        _options = options;
        _tally = new TraceTally(file.Path, format, format.BlockTokens(file.Head), options);
        _order = new TraceOrder(file.Path);
    }

    public ITraceFormat Format => _format;

    /// <inheritdoc cref="ITraceFormat.BlockTokens"/>
    public int? BlockTokens => _format.BlockTokens(_file.Head);

    /// <summary>Throws <see cref="PromptException"/> when the file cannot be opened or its format is not known.</summary>
    /// <param name="format">Null: told from the file's beginning.</param>
    public static TracePass Open(string path, ITraceFormat? format, TraceOptions options)
    {
        var file = TraceFile.Open(options.Files, path);
        try
        {
            return new TracePass(file, format ?? TraceFormats.Recognise(file.Head), options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The wanted records; the first of the window has the time 0. Enumerate once, to the end, and call <see cref="Finish"/>.
    /// Throws <see cref="PromptException"/> with place and remedy.
    /// </summary>
    public IEnumerable<TraceRecord> Rows()
    {
        long? zero = null;
        long? begun = null;
        var from = Nanos.From(_options.From);
        var until = (_options.For ?? _format.UsualLength) is { } length ? from + Nanos.From(length) : long.MaxValue;
        foreach (var record in _order.Sort(Records()))
        {
            if (record.At is { } at)
            {
                zero ??= at;
                if (at - zero >= until && _format.IsOrdered)
                {
                    break;
                }

                if (at - zero < from || at - zero >= until || !IsKept(record))
                {
                    continue;
                }

                if (record.IsFollower)
                {
                    var timeless = record with { At = null, IsFollower = false };
                    _tally.Count(timeless);
                    yield return timeless;
                    continue;
                }

                _tally.Count(record);
                begun ??= _options.From > TimeSpan.Zero ? zero + from : at;
                yield return record with { At = at - begun };
            }
            else if (IsKept(record))
            {
                _tally.Count(record);
                yield return record;
            }
        }
    }

    /// <summary>Throws <see cref="PromptException"/> when too many rows were unreadable or the times cannot be right.</summary>
    public TracePreview Finish()
    {
        _tally.CheckSkipped();
        var preview = _tally.Preview(_order.OutOfOrder, _file.FinishHash());
        return Plausibility.Check(_file.Path, _format, preview, _options);
    }

    public void Dispose() => _file.Dispose();

    private IEnumerable<TraceRecord> Records()
    {
        foreach (var item in _format.Read(_file, _options))
        {
            if (_tally.Take(item) is { } record)
            {
                yield return Following(record);
            }
        }
    }

    /// <summary>
    /// A turn that has a delay instead of a time belongs behind its session's first request, and into the window with it.
    /// </summary>
    private TraceRecord Following(TraceRecord record)
    {
        if (record.Session is not { } session || (record.At is null && record.Delay is null))
        {
            return record;
        }

        if (record.At is { } at)
        {
            if (_begun.Count < MaxBegun)
            {
                _begun.TryAdd(session, at);
            }

            return record;
        }

        return _begun.TryGetValue(session, out var begun) ? record with { At = begun, IsFollower = true } : record;
    }

    private bool IsKept(TraceRecord record) => _options.Sessions.Value >= 1 || KeyedHash.Coin(
        _options.Seed, "sessions", record.Session ?? FormattableString.Invariant($"#{record.Line}"), _options.Sessions.Value);
}
