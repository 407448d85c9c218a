using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Traces;

/// <summary>Counts what passes by while a trace is read. Bounded, however long the trace is.</summary>
internal sealed class TraceTally(string path, ITraceFormat format, int? blockTokens, TraceOptions options)
{
    private const double MaxSkippedShare = 0.001;
    private const int MaxShown = 5;
    private const int MaxNotes = 20;
    private const int HopelessRows = 10_000;
    private const int MaxSessions = 1_000_000;

    private readonly Quantiles _input = new();
    private readonly Quantiles _output = new();
    private readonly Quantiles _gaps = new();
    private readonly GraphTally _graphs = new();
    private readonly Dictionary<string, int> _sessions = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private readonly List<string> _skips = [];
    private readonly SortedDictionary<string, long> _ignored = new(StringComparer.Ordinal);
    private int _moreNotes;
    private long _rows;
    private long _read;
    private long _skipped;
    private long _failed;
    private long _hashed;
    private long _texts;
    private long _short;
    private long _timed;
    private long? _first;
    private long _last;

    /// <summary>The record of a row; null for everything else, which is counted.</summary>
    /// <param name="file">Where it stands.</param>
    public TraceRecord? Take(TraceItem item, string file)
    {
        switch (item)
        {
            case TraceItem.Row row:
                _read++;
                return row.Record;
            case TraceItem.Skipped skipped:
                _skipped++;
                if (_skipped > HopelessRows && _skipped > _read)
                {
                    // A file of another kind: no need to read all of it.
                    CheckSkipped();
                }

                if (_skips.Count < MaxShown)
                {
                    _skips.Add(FormattableString.Invariant($"{file}:{skipped.Line}: {skipped.Reason}"));
                }

                return null;
            case TraceItem.Ignored ignored:
                _ignored[ignored.Reason] = _ignored.GetValueOrDefault(ignored.Reason) + 1;
                return null;
            case TraceItem.Note note:
                if (_notes.Count < MaxNotes)
                {
                    _notes.Add(file == path ? note.Text : $"{Path.GetFileName(file)}: {note.Text}");
                }
                else
                {
                    _moreNotes++;
                }

                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Of a record that is kept, in order of time. Its time is still the source's.</summary>
    public void Count(TraceRecord record)
    {
        _rows++;
        _failed += record.Failed ? 1 : 0;
        _texts += record.Messages is null ? 0 : 1;
        if (record.InputTokens is { } input)
        {
            _input.Add(input);
        }

        if (record.OutputTokens is { } output)
        {
            _output.Add(output);
        }

        if (record.HashIds is { Count: > 0 } ids)
        {
            _hashed++;
            _short += record.InputTokens > (long)ids.Count * blockTokens ? 1 : 0;
        }

        if (record.Session is { } session && (_sessions.Count < MaxSessions || _sessions.ContainsKey(session)))
        {
            _sessions[session] = _sessions.GetValueOrDefault(session) + 1;
        }

        _graphs.Count(record);
        if (record.At is { } at)
        {
            if (_first is not null && at > _last)
            {
                // Traces are often recorded in ticks of a second or three: requests of one tick have no gap to speak of.
                _gaps.Add(at - _last);
            }

            _timed++;
            _first ??= at;
            _last = at;
        }
    }

    /// <summary>Throws when more than 0.1 % of the rows could not be read, or nothing could.</summary>
    public void CheckSkipped()
    {
        var all = _read + _skipped;
        if (_skipped > all * MaxSkippedShare)
        {
            throw new PromptException(FormattableString.Invariant(
                $"{_skips[0]}; {_skipped:N0} of {all:N0} rows cannot be read and at most 0.1 % may be: repair them, or name the format if this file is not {format.Name}"));
        }

        if (all == 0 && _ignored.Count == 0)
        {
            throw new PromptException($"{path}: holds no rows; is it of the format {format.Name}?");
        }
    }

    public TracePreview Preview(long outOfOrder, string sha256)
    {
        var span = _first is { } first ? _last - first : (long?)null;
        if (_short > 0)
        {
            _notes.Add(FormattableString.Invariant(
                $"{_short:N0} rows have fewer block ids than their input tokens need; the rest of their prompts is text of their own"));
        }

        if (_moreNotes > 0)
        {
            _notes.Add(FormattableString.Invariant($"{_moreNotes:N0} more notes like these"));
        }

        foreach (var (reason, count) in _ignored)
        {
            _notes.Add(FormattableString.Invariant($"{count:N0} ignored: {reason}"));
        }

        return new TracePreview
        {
            Format = format.Name,
            Rows = _rows,
            Skipped = _skipped,
            Ignored = _ignored.Values.Sum(),
            Failed = _failed,
            OutOfOrder = outOfOrder,
            Unit = format.Unit is { } documented ? options.Unit ?? documented : null,
            SpanSeconds = span is { } nanos ? Nanos.ToSeconds(nanos) : null,
            RatePerSecond = span > 0 ? (_timed - 1) / Nanos.ToSeconds(span.Value) : null,
            MedianGapSeconds = _gaps.Count > 0 ? Nanos.ToSeconds(_gaps.At(0.5)) : null,
            FirstSeconds = _first is { } begun ? Nanos.ToSeconds(begun) : null,
            LastSeconds = _first is null ? null : Nanos.ToSeconds(_last),
            Sessions = _sessions.Count == 0 ? null : _sessions.Values.Count(turns => turns > 1),
            Graphs = _graphs.Figures(),
            InputTokens = Figures(_input),
            OutputTokens = Figures(_output),
            HashedRows = _hashed,
            BlockTokens = _hashed > 0 ? blockTokens : null,
            TextRows = _texts,
            Sha256 = sha256,
            Notes = _notes,
            Skips = _skips,
        };
    }

    private static TokenFigures? Figures(Quantiles tokens) => tokens.Count == 0 ? null : new TokenFigures(
        tokens.Count, tokens.Sum / tokens.Count, tokens.At(0.5), tokens.At(0.9), tokens.At(0.99), tokens.Largest);
}
