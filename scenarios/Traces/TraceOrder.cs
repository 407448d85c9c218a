using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Traces;

/// <summary>
/// Brings records in the order of their time, stable, in one pass and bounded memory: a heap of the latest records evens out any
/// disorder that is no wider than it. Records without a time pass in file order.
/// </summary>
internal sealed class TraceOrder(string path)
{
    public const int MaxHeld = 100_000;

    /// <summary>Characters and ids of the records held: long prompts must not fill the memory.</summary>
    private const long MaxWeight = 32 << 20;

    private readonly Queue<(long Number, TraceRecord Record)> _inOrder = new();
    private readonly PriorityQueue<TraceRecord, (long At, long Number)> _late = new();
    private long _number;
    private long _weight;
    private long _last = long.MinValue;
    private long _lastRead = long.MinValue;

    /// <summary>Records that came after one of a later time.</summary>
    public long OutOfOrder { get; private set; }

    public IEnumerable<TraceRecord> Sort(IEnumerable<TraceRecord> records)
    {
        foreach (var record in records)
        {
            if (record.At is not { } at)
            {
                yield return record;
                continue;
            }

            if (at < _last)
            {
                throw new PromptException(FormattableString.Invariant(
                    $"{path}:{record.Line}: the row belongs more than {Held:N0} rows earlier; sort the file by time first"));
            }

            Hold(record, at);
            while (Held > MaxHeld || _weight > MaxWeight)
            {
                yield return Next();
            }
        }

        while (Held > 0)
        {
            yield return Next();
        }
    }

    private int Held => _inOrder.Count + _late.Count;

    /// <summary>Most rows come in order and only wait in line; the heap is for the others.</summary>
    private void Hold(TraceRecord record, long at)
    {
        if (at >= _lastRead)
        {
            _inOrder.Enqueue((_number++, record));
            _lastRead = at;
        }
        else
        {
            _late.Enqueue(record, (at, _number++));
            OutOfOrder++;
        }

        _weight += Weight(record);
    }

    private TraceRecord Next()
    {
        var isLate = _late.TryPeek(out _, out var late)
            && (!_inOrder.TryPeek(out var first) || late.CompareTo((first.Record.At!.Value, first.Number)) < 0);
        var record = isLate ? _late.Dequeue() : _inOrder.Dequeue().Record;
        _weight -= Weight(record);
        _last = record.At!.Value;
        return record;
    }

    private static long Weight(TraceRecord record) => 1 + (record.HashIds?.Count ?? 0) * 4L
        + (record.Answer?.Length ?? 0) + (record.Messages?.Sum(message => (long)message.Content.Length) ?? 0);
}
