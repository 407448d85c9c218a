using System.Threading.Channels;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// Counts the tokens of answers whose server did not, after their end and on a thread of its own, so that no send and no stamp waits
/// for a tokenizer:
/// <code>
/// observation, pieces of text -> queue -> tokenizer -> observation with counts -> journal
/// </code>
/// What finds the queue full keeps the count by events, and its source says so.
/// </summary>
internal sealed class TokenCounting : IDisposable
{
    /// <summary>Text that waits to be counted, UTF-8.</summary>
    internal const long MaxWaitingBytes = 64L << 20;

    private readonly IReadOnlyDictionary<TargetRole, ITokenCounter> _counters;
    private readonly IJournalWriter _journal;
    private readonly RunStop _stop;
    private readonly Channel<Work> _queue = Channel.CreateUnbounded<Work>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Thread? _thread;
    private long _waiting;

    public TokenCounting(IReadOnlyDictionary<TargetRole, ITokenCounter> counters, IJournalWriter journal, RunStop stop)
    {
        (_counters, _journal, _stop) = (counters, journal, stop);
        if (counters.Count > 0)
        {
            _thread = new Thread(CountAll) { IsBackground = true, Name = "chaosbench-tokens", Priority = ThreadPriority.BelowNormal };
            _thread.Start();
        }
    }

    /// <returns>False when nothing is to be counted, or not now: the caller writes the observation as it is.</returns>
    public bool TryTake(
        Arrival arrival, JournalEvent.Observation observation, IReadOnlyList<JournalEvent.Score> scores, OutputPieces? pieces)
    {
        if (pieces is null || !_counters.TryGetValue(arrival.Role, out var counter))
        {
            return false;
        }

        if (Interlocked.Add(ref _waiting, pieces.Utf8.Length) <= MaxWaitingBytes
            && _queue.Writer.TryWrite(new Work(observation, scores, pieces, counter)))
        {
            return true;
        }

        Interlocked.Add(ref _waiting, -pieces.Utf8.Length);
        return false;
    }

    /// <summary>Returns once everything that was taken is in the journal. Takes nothing afterwards.</summary>
    public void Finish()
    {
        _queue.Writer.TryComplete();
        _thread?.Join();
    }

    public void Dispose() => Finish();

    /// <summary>The observation with its text counted.</summary>
    internal static JournalEvent.Observation Counted(JournalEvent.Observation seen, OutputPieces pieces, ITokenCounter counter)
    {
        // A piece may end within a word, where the whole does not: the whole gives the total.
        var total = seen.TokenSource is TokenSource.Usage ? seen.OutputTokens : Math.Max(1, counter.Count(pieces.Whole));
        var source = seen.TokenSource is TokenSource.Usage ? TokenSource.Usage : TokenSource.Tokenizer;
        if (seen.FirstEventTokens is null)
        {
            return seen with { OutputTokens = total, TokenSource = source };
        }

        // No event with a text had nothing in it.
        var gaps = new TokenGap[Math.Min(seen.Gaps.Count, pieces.Ends.Count - 1)];
        for (var at = 0; at < gaps.Length; at++)
        {
            gaps[at] = seen.Gaps[at] with { Tokens = Math.Max(1, counter.Count(pieces[at + 1])) };
        }

        return seen with
        {
            OutputTokens = total, TokenSource = source, FirstEventTokens = Math.Max(1, counter.Count(pieces[0])), Gaps = gaps,
        };
    }

    private void CountAll()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out var work))
            {
                Count(work);
            }
        }
    }

    private void Count(Work work)
    {
        try
        {
            _journal.Write(Counted(work.Observation, work.Pieces, work.Counter));
            foreach (var score in work.Scores)
            {
                _journal.Write(score);
            }
        }
#pragma warning disable CA1031 // Nobody awaits this thread: a bug of the tokenizer or the journal must still end the run, and the arrival keeps its outcome.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _stop.Broke("counting tokens", bug);
        }
        finally
        {
            Interlocked.Add(ref _waiting, -work.Pieces.Utf8.Length);
        }
    }

    private sealed record Work(
        JournalEvent.Observation Observation, IReadOnlyList<JournalEvent.Score> Scores, OutputPieces Pieces, ITokenCounter Counter);
}
