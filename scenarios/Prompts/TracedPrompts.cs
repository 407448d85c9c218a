using System.Collections;
using System.Globalization;
using System.Text;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Reading;
using ChaosBench.Scenarios.Traces;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Prompts;

/// <summary>
/// The requests of a trace as prompts, in order of time. A request with text asks it, after the recorded turns before it; one of
/// lengths asks as many words. Its blocks' words depend on seed and block id alone, so requests whose leading ids are equal begin
/// exactly alike, and nothing else does. Texts are made when a prompt is drawn: a trace's lengths fit in memory, its texts need
/// not.
/// </summary>
public sealed class TracedPrompts : IReadOnlyList<Prompt>
{
    private const int UsualBlock = 512;

    /// <summary>Their lengths, ids and texts are held in memory.</summary>
    private const int MaxRows = 2_000_000;

    /// <summary>Characters of made-up text in one plan.</summary>
    private const long MaxCharacters = 1L << 29;

    private readonly PromptSet.Traced _set;
    private readonly ulong _seed;
    private readonly List<TraceRecord> _rows;
    private readonly int _block;
    private readonly Dictionary<string, List<int>> _sessions = new(StringComparer.Ordinal);
    private long _characters;

    private TracedPrompts(PromptSet.Traced set, ulong seed, List<TraceRecord> rows, int block)
    {
        _set = set;
        _seed = seed;
        _rows = rows;
        _block = block;
        for (var row = 0; row < rows.Count; row++)
        {
            if (rows[row].Session is { } session)
            {
                if (!_sessions.TryGetValue(session, out var turns))
                {
                    _sessions[session] = turns = [];
                }

                turns.Add(row);
            }
        }

        foreach (var turns in _sessions.Values.Where(turns => turns.TrueForAll(turn => rows[turn].Turn is not null)))
        {
            // By their numbers where they have some; a stable sort, as numbers may repeat.
            turns.Sort((left, right) => (rows[left].Turn!.Value, left).CompareTo((rows[right].Turn!.Value, right)));
        }
    }

    public int Count => _rows.Count;

    public Prompt this[int index]
    {
        get
        {
            var row = _rows[index];
            var messages = row.Messages is null ? [new ChatMessage("user", Words(row, index))] : WithHistory(row, index);
            return new Prompt(
                string.Create(CultureInfo.InvariantCulture, $"t{index}"), messages, null,
                PromptTags.Of(("cohort", row.Cohort), ("turn", row.Turn?.ToString(CultureInfo.InvariantCulture))))
            {
                OutputTokens = row.OutputTokens is { } output ? Scaled(output) : null,
            };
        }
    }

    /// <summary>
    /// One prompt a session. Where the trace has lengths alone, a turn asks as many words as its input is longer than the input and
    /// output before it.
    /// </summary>
    /// <param name="pace">Null: turns have no instants of their own.</param>
    public IReadOnlyList<Prompt> Conversations(SessionPace? pace) => new TracedConversations(
        this, _rows, [.. Firsts().Select(row => (IReadOnlyList<int>)TurnsFrom(row))], pace, (row, before) => NewIn(_rows[row], _rows[before], row));

    /// <summary>
    /// When each request arrives, nanoseconds, ordered, in [0, span), and its row; of sessions the first request alone, and the
    /// position in <see cref="Conversations"/>. Throws <see cref="PromptException"/> without times.
    /// </summary>
    public IEnumerable<(long At, int Row)> Instants(double speed, long span, bool sessions = false)
    {
        if (_rows.TrueForAll(row => row.At is null))
        {
            throw new PromptException($"{_set.Path}: holds no times, so it cannot be replayed; use a rate: with its prompts");
        }

        var number = -1;
        foreach (var row in sessions ? Firsts() : Enumerable.Range(0, _rows.Count))
        {
            number++;
            if (_rows[row].At is not { } instant)
            {
                continue;
            }

            var at = instant / speed;
            if (at >= span)
            {
                yield break;
            }

            yield return ((long)at, number);
        }
    }

    public IEnumerator<Prompt> GetEnumerator() => Enumerable.Range(0, Count).Select(row => this[row]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static LoadedPrompts Load(PromptSet.Traced set, ulong seed, IPromptFiles files)
    {
        var opened = new OpenedFiles(files);
        var options = new TraceOptions
        {
            Files = opened, Unit = set.Unit, From = set.From, For = set.For, Sessions = set.Sessions, Seed = seed,
        };
        using var pass = TracePass.Open(set.Path, set.Format is { } name ? TraceFormats.Find(name) : null, options);
        var rows = new List<TraceRecord>();
        foreach (var record in pass.Rows())
        {
            if (rows.Count == MaxRows)
            {
                throw new PromptException(string.Create(
                    CultureInfo.InvariantCulture, $"{set.Path}: more than {MaxRows:N0} requests; take a window with from: and for:, or a share with sessions:"));
            }

            // Recorded answers are part of later turns alone.
            rows.Add(record.Session is null ? record with { Answer = null } : record);
        }

        var preview = pass.Finish();
        if (rows.Count == 0)
        {
            throw new PromptException(
                $"{set.Path}: no request is in the wanted window and sessions; it spans {preview.SpanSeconds ?? 0:0.###} s there");
        }

        if (rows.Find(row => row is { Messages: null, InputTokens: null, HashIds: null }) is { } empty)
        {
            throw new PromptException(FormattableString.Invariant(
                $"{set.Path}:{empty.Line}: has neither text nor a number of input tokens, so nothing can be asked; use a trace that has one of them"));
        }

        return new LoadedPrompts(
            new TracedPrompts(set, seed, rows, set.BlockTokens ?? pass.BlockTokens ?? UsualBlock), [],
            opened.Hashes());
    }

    /// <summary>Remembers what was read, a file of lengths beside the trace too: all of it makes the plan.</summary>
    private sealed class OpenedFiles(IPromptFiles files) : IPromptFiles
    {
        private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);

        public IReadOnlyList<string>? In(string path) => files.In(path);

        public Stream Open(string path)
        {
            var stream = files.Open(path);
            _paths.Add(path);
            return stream;
        }

        public SortedDictionary<string, string> Hashes()
        {
            var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var path in _paths)
            {
                using var source = new SourceStream(files.Open(path), path, TraceFile.MaxBytes);
                hashes[path] = source.FinishHash();
            }

            return hashes;
        }
    }

    private IReadOnlyList<ChatMessage> WithHistory(TraceRecord row, int index)
    {
        if (!row.IsDelta || row.Session is null)
        {
            return row.Messages!;
        }

        var messages = new List<ChatMessage>();
        foreach (var turn in _sessions[row.Session].TakeWhile(turn => turn != index).Select(turn => _rows[turn]))
        {
            messages.AddRange(turn.Messages ?? []);
            if (turn.Answer is { } answer)
            {
                messages.Add(new ChatMessage("assistant", answer));
            }
        }

        messages.AddRange(row.Messages!);
        return messages;
    }

    /// <summary>What a turn adds to the conversation: a source that repeats the history has it after the last answer.</summary>
    private IReadOnlyList<ChatMessage> NewIn(TraceRecord row, TraceRecord before, int index)
    {
        if (row.Messages is { } messages)
        {
            var last = row.IsDelta ? -1 : messages.ToList().FindLastIndex(message => message.Role == "assistant");
            return last < 0 ? messages : messages.Skip(last + 1).ToList();
        }

        var text = new StringBuilder();
        var longer = (row.InputTokens ?? 1) - (before.InputTokens ?? 0) - (before.OutputTokens ?? 0);
        PlainWords.Append(text, Scaled(Math.Max(1, longer)), KeyedHash.Stream(_seed, "trace-turn", index.ToString(CultureInfo.InvariantCulture)));
        Charge(text.Length);
        return [new ChatMessage("user", text.ToString())];
    }

    private string Words(TraceRecord row, int index)
    {
        var block = Scaled(_block);
        var wanted = row.InputTokens is { } input ? Scaled(input) : (int)Math.Min(int.MaxValue, (long)block * row.HashIds!.Count);
        var text = new StringBuilder();
        var left = wanted;
        foreach (var id in row.HashIds ?? [])
        {
            var length = Math.Min(block, left);
            if (length == 0)
            {
                break;
            }

            PlainWords.Append(text, length, KeyedHash.Stream(_seed, "trace-block", id.ToString(CultureInfo.InvariantCulture)));
            left -= length;
        }

        // Fewer ids than tokens: the rest is this request's own, as no other shares it.
        PlainWords.Append(text, left, KeyedHash.Stream(_seed, "trace-row", index.ToString(CultureInfo.InvariantCulture)));
        Charge(text.Length);
        return text.ToString();
    }

    private void Charge(int characters)
    {
        if ((_characters += characters) > MaxCharacters)
        {
            throw new PromptException(
                $"{_set.Path}: the plan's texts need more than 1 GiB; take a shorter window (for:), fewer sessions (sessions:) or a share of the lengths (lengths:)");
        }
    }

    /// <summary>The row that begins each session, in order of the rows; a request without one is its own.</summary>
    private IEnumerable<int> Firsts()
    {
        for (var row = 0; row < _rows.Count; row++)
        {
            if (TurnsFrom(row)[0] == row)
            {
                yield return row;
            }
        }
    }

    private List<int> TurnsFrom(int row) => _rows[row].Session is { } session ? _sessions[session] : [row];

    internal int Scaled(int tokens) => (int)Math.Max(1, Math.Round(tokens * _set.Lengths.Value));
}
