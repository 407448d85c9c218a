using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Scheduling;

/// <summary>
/// Past and present of a call with growing caches: two sets of blocks [rows, heads, width, head size] that change places after
/// each step, so that a batch whose rows stay the same is copied from the cache once and not for every token.
/// <code>
/// cache rows --gather--> past --step--> present
///      ^                  ^   |            |
///      +-----keep---------|---+            |
///                         +---- swap ------+
/// </code>
/// New positions go back to the cache when somebody needs them there, many at a time: on a device every copy is a call of its own.
/// </summary>
internal sealed class PaddedBatch : IDisposable
{
    private readonly DecoderInterface _decoder;
    private readonly KvCache _cache;
    private readonly IDeviceMemory _memory;
    private readonly int[] _rows;
    private readonly int[] _lengths;

    // Positions of each row that the cache has too.
    private readonly int[] _kept;
    private nint[] _past;
    private nint[] _present;

    public PaddedBatch(DecoderInterface decoder, IDeviceMemory memory, KvCache cache, int rows)
    {
        (_decoder, _memory, _cache) = (decoder, memory, cache);
        (_rows, _lengths, _kept) = (new int[rows], new int[rows], new int[rows]);
        var bytes = KvCache.BytesFor(decoder, rows, cache.Positions) / decoder.Past.Count;
        _past = KvCache.Allocate(memory, decoder.Past.Count, bytes);
        _present = KvCache.Allocate(memory, decoder.Past.Count, bytes);
    }

    /// <summary>Where rows begin and new tokens go; rows must have one length where it is GrowingEqualLengths.</summary>
    public CacheForm Form
    {
        get;
        set
        {
            Forget();
            field = value;
        }
    }

    /// <summary>Rows of the past; 0 when it holds nothing of use.</summary>
    public int Count { get; private set; }

    /// <summary>Positions of the past.</summary>
    public int Width { get; private set; }

    private long HeadBytes => (long)Width * _cache.PositionBytes;

    /// <summary>Makes the past hold these rows of the cache, by doing nothing where it does already.</summary>
    public void Take(ReadOnlySpan<int> rows, ReadOnlySpan<int> lengths)
    {
        // A width that leaves no room for a token came from a row that has left; the others are laid out anew.
        if (rows.Length <= Count && Width < _cache.Positions
            && rows.SequenceEqual(_rows.AsSpan(0, rows.Length)) && lengths.SequenceEqual(_lengths.AsSpan(0, rows.Length)))
        {
            // The blocks are contiguous by row, so the first rows of a batch are a batch.
            Keep(rows.Length);
            Count = rows.Length;
            return;
        }

        Keep();
        Count = rows.Length;
        rows.CopyTo(_rows);
        lengths.CopyTo(_lengths);
        lengths.CopyTo(_kept);
        Width = 0;
        foreach (var length in lengths)
        {
            Width = Math.Max(Width, length);
        }

        for (var block = 0; block < _past.Length; block++)
        {
            Gather(block);
        }
    }

    /// <summary>First position of a row in the past.</summary>
    public int StartOf(int index) => Form == CacheForm.GrowingPaddedLeft ? Width - _lengths[index] : 0;

    /// <summary>First new position of a row in the present.</summary>
    public int NewOf(int index) => Form == CacheForm.GrowingPaddedLeft ? Width : _lengths[index];

    public OrtValue Past(int block) => View(_past[block], Width);

    public OrtValue Present(int block, int tokens) => View(_present[block], Width + tokens);

    /// <summary>After a step of so many tokens per row: makes the present the next past.</summary>
    public void Advance(int tokens)
    {
        (_past, _present) = (_present, _past);
        Width += tokens;
        foreach (ref var length in _lengths.AsSpan(0, Count))
        {
            length += tokens;
        }
    }

    /// <summary>Writes the new positions of the rows from one on to the cache.</summary>
    public void Keep(int first = 0)
    {
        for (var i = first; i < Count; i++)
        {
            if (_kept[i] == _lengths[i])
            {
                continue;
            }

            var lines = new Lines(_decoder.KeyValueHeads, (long)(_lengths[i] - _kept[i]) * _cache.PositionBytes, HeadBytes, _cache.HeadBytes);
            for (var block = 0; block < _past.Length; block++)
            {
                _memory.Copy(At(block, i, StartOf(i) + _kept[i]), _cache.At(block, _rows[i], _kept[i]), lines);
            }

            _kept[i] = _lengths[i];
        }
    }

    /// <summary>Forgets the past when it holds this row of the cache, which is about to change.</summary>
    public void Forget(int row)
    {
        if (_rows.AsSpan(0, Count).Contains(row))
        {
            Forget();
        }
    }

    public void Dispose()
    {
        Array.ForEach(_past, _memory.Free);
        Array.ForEach(_present, _memory.Free);
    }

    private void Forget()
    {
        Keep();
        Count = 0;
    }

    /// <summary>The padding is cleared: a weight of zero does not hide a value that is not a number.</summary>
    private void Gather(int block)
    {
        var heads = _decoder.KeyValueHeads;
        for (var i = 0; i < Count; i++)
        {
            var used = (long)_lengths[i] * _cache.PositionBytes;
            var padding = StartOf(i) == 0 ? _lengths[i] : 0;
            if (used < HeadBytes)
            {
                _memory.Clear(At(block, i, padding), new Lines(heads, HeadBytes - used, 0, HeadBytes));
            }

            _memory.Copy(_cache.At(block, _rows[i], 0), At(block, i, StartOf(i)), new Lines(heads, used, _cache.HeadBytes, HeadBytes));
        }
    }

    /// <summary>A position of the first head of a row of the past.</summary>
    private nint At(int block, int index, int position) =>
        _past[block] + (nint)((index * _decoder.KeyValueHeads * HeadBytes) + ((long)position * _cache.PositionBytes));

    private OrtValue View(nint block, int width) => OrtValue.CreateTensorValueWithData(
        _memory.Info,
        _decoder.CacheType,
        [Count, _decoder.KeyValueHeads, width, _decoder.HeadSize],
        block,
        (long)Count * _decoder.KeyValueHeads * width * _cache.PositionBytes);
}
