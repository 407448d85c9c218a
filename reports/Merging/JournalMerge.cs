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

    /// <summary>The first line of the merged journal.</summary>
    public JournalEvent.RunStarted Started { get; } = StartOf(shards);

    /// <param name="write">Takes a line without its end, before the next is asked for.</param>
    /// <exception cref="JournalException">A line is no event, or two shards tell of one request.</exception>
    public void Write(Action<ReadOnlySpan<byte>> write)
    {
        write(JournalFile.ToLine(Started));
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

        foreach (var last in _endings.Lines(shards.Runs.Any(run => run.Ending is null)))
        {
            write(JournalFile.ToLine(last));
        }
    }

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
                if (Moved(ShardSet.Event(run.Folder, reader.Line), run.Shard.Number, reader.Skew) is { } entry)
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
    private JournalEvent? Moved(JournalEvent entry, int shard, long skew)
    {
        switch (entry)
        {
            case JournalEvent.ShardBegan:
            case JournalEvent.ClockStarted when shard != shards.Runs[0].Shard.Number:
                // One run has one clock: the first shard's, by which the others were moved.
                return null;
            case JournalEvent.RunEnded end:
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
