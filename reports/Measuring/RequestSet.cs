using System.Buffers;
using System.Collections;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// All requests of a run, in journal order, in bounded memory. The first ones are kept as objects; from there on whole blocks are
/// packed, and when they outgrow their budget they go to a temporary file that nobody else sees. A packed request is made anew each
/// time it is asked for.
/// </summary>
public sealed class RequestSet : IReadOnlyCollection<Request>
{
    internal const int MostObjects = 16 * 1024;
    /// <summary>A packed block stays below the size from which arrays are expensive garbage.</summary>
    private const int PerBlock = 512;
    internal const long MostBytesInMemory = 32L * 1024 * 1024;

    private readonly int _mostObjects;
    private readonly long _mostBytes;
    private readonly RequestCodec _codec = new();
    private readonly GradeBook _grades = new();
    private readonly List<Block> _blocks = [];
    private List<Request> _open = [];
    private RequestObjectives _objectives = new();
    private readonly PackedWriter _packing = new();
    private long _bytesInMemory;
    private Spill? _spill;

    /// <param name="mostObjects">Requests that are kept as they are.</param>
    /// <param name="mostBytes">Bytes of packed ones that stay in memory.</param>
    internal RequestSet(int mostObjects = MostObjects, long mostBytes = MostBytesInMemory) => (_mostObjects, _mostBytes) = (mostObjects, mostBytes);

    public int Count { get; private set; }

    /// <summary>When the outcome of the last one was known, nanoseconds; 0 for none.</summary>
    public long LastEnded { get; private set; }

    public IEnumerator<Request> GetEnumerator() => Open(_blocks).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Requests planned in a span of time, in journal order. Reads only the blocks that can hold some.</summary>
    /// <param name="start">Nanoseconds, inclusive.</param>
    /// <param name="end">Nanoseconds, exclusive.</param>
    public IEnumerable<Request> PlannedBetween(long start, long end) => Open(_blocks
        .Where(block => block.FirstPlanned < end && block.LastPlanned >= start))
        .Where(request => request.PlannedAt >= start && request.PlannedAt < end);

    /// <summary>The requests of a slice, in journal order. Reads only the blocks that can hold some.</summary>
    internal IEnumerable<Request> In(Slice slice) => Open(_blocks.Where(block => block.MayHold(slice))).Where(slice.Holds);

    internal void Add(RawRequest request)
    {
        _open.Add(new Request(request));
        Count++;
        LastEnded = Math.Max(LastEnded, request.Ended);
        if (_open.Count == PerBlock)
        {
            CloseBlock();
        }
    }

    internal void Add(JournalEvent.Score score) => _grades.Add(score);

    /// <summary>After the last event: grades are known now, and with them which requests were good.</summary>
    internal void Close(RequestObjectives objectives)
    {
        CloseBlock();
        _objectives = objectives;
        foreach (var request in _blocks.SelectMany(block => block.Requests ?? []))
        {
            Finish(request);
        }
    }

    private void CloseBlock()
    {
        if (_open.Count == 0)
        {
            return;
        }

        var (first, last) = (_open.Min(request => request.PlannedAt), _open.Max(request => request.PlannedAt));
        var objects = Count <= _mostObjects;
        var block = new Block(first, last, _open.Count)
        {
            Requests = objects ? [.. _open] : null,
            Phases = _open.Aggregate(0, (phases, request) => phases | (1 << (int)request.Phase)),
            Target = _open.TrueForAll(request => request.Target == _open[0].Target) ? _open[0].Target : null,
        };
        if (!objects)
        {
            Pack(block);
        }

        _blocks.Add(block);
        _open = new List<Request>(PerBlock);
    }

    private void Pack(Block block)
    {
        _packing.Clear();
        _open.ForEach(request => _codec.Write(_packing, request));
        var bytes = _packing.Written;
        if (_bytesInMemory + bytes.Length <= _mostBytes)
        {
            _bytesInMemory += bytes.Length;
            block.Bytes = bytes.ToArray();
        }
        else
        {
            (block.Offset, block.Length) = ((_spill ??= new Spill()).Append(bytes), bytes.Length);
        }
    }

    /// <summary>What is packed is unpacked one block ahead, on another core.</summary>
    private IEnumerable<Request> Open(IEnumerable<Block> blocks)
    {
        Task<Request[]>? before = null;
        foreach (var block in blocks)
        {
            var next = block.Requests is { } ready ? Task.FromResult(ready) : Task.Run(() => Unpack(block));
            foreach (var request in before?.GetAwaiter().GetResult() ?? [])
            {
                yield return request;
            }

            before = next;
        }

        foreach (var request in before?.GetAwaiter().GetResult() ?? [])
        {
            yield return request;
        }
    }

    private Request[] Unpack(Block block)
    {
        var buffer = block.Bytes ?? ArrayPool<byte>.Shared.Rent(block.Length);
        try
        {
            if (block.Bytes is null)
            {
                _spill!.Read(block.Offset, buffer.AsSpan(0, block.Length));
            }

            var reader = new PackedReader(buffer);
            var requests = new Request[block.Count];
            for (var at = 0; at < requests.Length; at++)
            {
                requests[at] = new Request(_codec.Read(reader));
                Finish(requests[at]);
            }

            return requests;
        }
        finally
        {
            if (block.Bytes is null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private void Finish(Request request)
    {
        _grades.Grade(request);
        request.Good = MetricValues.IsGood(request, _objectives);
    }

    /// <param name="FirstPlanned">Smallest planned instant in it.</param>
    /// <param name="LastPlanned">Largest.</param>
    private sealed record Block(long FirstPlanned, long LastPlanned, int Count)
    {
        /// <summary>One bit for each phase that a request of it is in.</summary>
        public required int Phases { get; init; }

        /// <summary>Null: of several targets.</summary>
        public required string? Target { get; init; }

        public Request[]? Requests { get; init; }
        public byte[]? Bytes { get; set; }
        public long Offset { get; set; }
        public int Length { get; set; }

        public bool MayHold(Slice slice) => (Target is null || Target == slice.Target)
            && (Phases & (slice.Phase is { } phase ? 1 << (int)phase : ~(1 << (int)Phase.WarmUp))) != 0;
    }
}
