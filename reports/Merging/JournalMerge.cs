using System.Collections;
using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Merging;

/// <summary>
/// The journals of all shards as one, by the time of their events:
/// <code>
///   shard 1: run shard | request generator request ... fault ... end
///   shard 2: run shard | request request generator ...          end      ->   run | request request generator ... fault ... | end
/// </code>
/// Requests go over as they stand: what they measured counts from their own planned instant, on their own machine's clock. Everything
/// else is moved by the shard's skew.
/// </summary>
internal sealed class JournalMerge(ShardSet shards)
{
    private readonly FaultMoves _moves = new();
    private readonly Endings _endings = new();
    private readonly BitArray? _seen = shards.Runs[0].Started.PlannedArrivals is { } planned ? new BitArray(planned) : null;

    /// <summary>The first line of the merged journal; which shards stopped too early is known after <see cref="Write"/>.</summary>
    public JournalEvent.RunStarted Started { get; private set; } = StartOf(shards);

    /// <summary>All lines but the first.</summary>
    /// <param name="write">Takes a line without its end, before the next is asked for.</param>
    /// <exception cref="JournalException">A line is no event, or two shards tell of one request.</exception>
    public void Write(Action<ReadOnlySpan<byte>> write)
    {
        var readers = shards.Runs.Zip(Started.Merged!.Shards, (run, shard) => new ShardReader(run, Nanos.FromSeconds(shard.Skew))).ToList();
        try
        {
            var next = new PriorityQueue<ShardReader, (long At, int Number)>();
            readers.ForEach(Queue);
            while (next.TryDequeue(out var reader, out _))
            {
                Take(reader, write);
                Queue(reader);
            }

            void Queue(ShardReader reader)
            {
                if (reader.Step())
                {
                    next.Enqueue(reader, (reader.Head.At + reader.Skew, reader.Run.Shard.Number));
                }
            }
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }

        foreach (var last in _endings.Lines(readers.Exists(reader => reader.Ending is null)))
        {
            write(JournalFile.ToLine(last));
        }

        var ended = readers.Exists(reader => reader.Ending == RunEnding.Completed);
        Started = Started with
        {
            Merged = Started.Merged! with
            {
                Shards = [.. Started.Merged!.Shards.Zip(readers, (shard, reader) => shard with { Stopped = Stopped(reader, ended) })],
            },
        };
    }

    /// <summary>
    /// See <see cref="MergedShard.Stopped"/>. An engine that takes a process back (a preempted or cancelled job) lets it say that it was
    /// cancelled; where others went to their end, that is a part that is missing and not the end of the run.
    /// </summary>
    private static long? Stopped(ShardReader reader, bool othersEnded) =>
        reader.Ending is null || (reader.Ending == RunEnding.Cancelled && othersEnded) ? reader.Last : null;

    private static JournalEvent.RunStarted StartOf(ShardSet shards)
    {
        var first = shards.Runs[0];
        return first.Started with
        {
            Shard = null,
            PlannedPerSecond = Sum(shards.Runs.Select(run => run.Started.PlannedPerSecond)),
            Merged = new MergedShards(shards.Of, [.. shards.Runs.Select(run => Starts.Of(run, shards))]),
        };
    }

    private static int[] Sum(IEnumerable<IReadOnlyList<int>> parts)
    {
        var lists = parts.ToList();
        return [.. Enumerable.Range(0, lists.Max(list => list.Count)).Select(second => lists.Sum(list => second < list.Count ? list[second] : 0))];
    }

    private void Take(ShardReader reader, Action<ReadOnlySpan<byte>> write)
    {
        var run = reader.Run;
        switch (reader.Head.Kind)
        {
            case LineKind.Request:
                Once(run, reader.Head.Arrival ?? throw new JournalException($"{run.Folder}: its journal tells of a request without a number"));
                write(reader.Line.Span);
                break;
            case LineKind.AboutRequest:
                write(reader.Line.Span);
                break;
            default:
                if (Moved(ShardSet.Event(run.Folder, reader.Line), reader) is { } entry)
                {
                    write(JournalFile.ToLine(entry));
                }

                break;
        }
    }

    /// <summary>Numbers of turns that follow arrivals lie beyond the plan and belong to whose arrival they follow.</summary>
    private void Once(ShardRun run, int arrival)
    {
        if (_seen is null || arrival >= _seen.Count)
        {
            return;
        }

        if (arrival < 0 || _seen[arrival])
        {
            throw new JournalException(string.Create(
                CultureInfo.InvariantCulture, $"{run.Folder}: request {arrival} is in another shard too, or there twice: these are not slices of one run"));
        }

        _seen[arrival] = true;
    }

    /// <returns>Null: it is said elsewhere, or by another shard.</returns>
    private JournalEvent? Moved(JournalEvent entry, ShardReader reader)
    {
        var (shard, skew) = (reader.Run.Shard.Number, reader.Skew);
        switch (entry)
        {
            case JournalEvent.ShardBegan:
            case JournalEvent.ClockStarted when shard != shards.Runs[0].Shard.Number:
                // One run has one clock: the first shard's, by which the others were moved.
                return null;
            case JournalEvent.RunEnded end:
                reader.Ending = end.Ending;
                _endings.Add(shard, end);
                return null;
            case JournalEvent.GoldenCompared compared:
                _endings.Add(compared);
                return null;
            case JournalEvent.Judged judged:
                _endings.Add(judged);
                return null;
            case JournalEvent.FaultTransition move when !_moves.Moves(move):
                return null;
            case JournalEvent.GeneratorSample sample:
                return sample with { At = sample.At + skew, Shard = shard };
            case JournalEvent.Note note:
                return note with { At = note.At + skew, Text = string.Create(CultureInfo.InvariantCulture, $"shard {shard}: {note.Text}") };
            case JournalEvent.FaultTransition move:
                return move with { At = move.At + skew };
            case JournalEvent.Detection seen:
                return seen with { At = seen.At + skew };
            default:
                return entry;
        }
    }
}
