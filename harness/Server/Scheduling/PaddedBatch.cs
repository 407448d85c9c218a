using System.Runtime.InteropServices;
using ChaosBench.Server.Models;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Scheduling;

/// <summary>
/// Past and present of a call with growing caches: two sets of blocks [rows, heads, width, head size] that change places after
/// each step, so that a batch whose rows stay the same is copied from the cache once and not for every token.
/// <code>
/// cache rows --gather--> past --step--> present --new positions--> cache rows
///                         ^                |
///                         +---- swap ------+
/// </code>
/// </summary>
internal sealed unsafe class PaddedBatch : IDisposable
{
    private const nuint Alignment = 64;

    private readonly DecoderInterface _decoder;
    private readonly KvCache _cache;
    private readonly int[] _rows;
    private readonly int[] _lengths;
    private void*[] _past;
    private void*[] _present;

    public PaddedBatch(DecoderInterface decoder, KvCache cache, int rows)
    {
        (_decoder, _cache) = (decoder, cache);
        (_rows, _lengths) = (new int[rows], new int[rows]);
        var bytes = KvCache.BytesFor(decoder, rows, cache.Positions) / decoder.Past.Count;
        (_past, _present) = (Allocate(bytes), Allocate(bytes));
    }

    /// <summary>Where rows begin and new tokens go; rows must have one length where it is GrowingEqualLengths.</summary>
    public CacheForm Form { get; set; }

    /// <summary>Rows of the past; 0 when it holds nothing of use.</summary>
    public int Count { get; private set; }

    /// <summary>Positions of the past.</summary>
    public int Width { get; private set; }

    /// <summary>Makes the past hold these rows of the cache, by doing nothing where it does already.</summary>
    public void Take(ReadOnlySpan<int> rows, ReadOnlySpan<int> lengths)
    {
        // A width that leaves no room for a token came from a row that has left; the others are laid out anew.
        if (rows.Length <= Count && Width < _cache.Positions
            && rows.SequenceEqual(_rows.AsSpan(0, rows.Length)) && lengths.SequenceEqual(_lengths.AsSpan(0, rows.Length)))
        {
            // The blocks are contiguous by row, so the first rows of a batch are a batch.
            Count = rows.Length;
            return;
        }

        Count = rows.Length;
        rows.CopyTo(_rows);
        lengths.CopyTo(_lengths);
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

    /// <summary>After a step of so many tokens per row: keeps the new positions and makes the present the next past.</summary>
    public void Advance(int tokens)
    {
        var width = Width + tokens;
        for (var block = 0; block < _present.Length; block++)
        {
            for (var i = 0; i < Count; i++)
            {
                for (var head = 0; head < _decoder.KeyValueHeads; head++)
                {
                    var source = Position(_present[block], i, head, width, NewOf(i));
                    var target = _cache.Head(block, _rows[i], head) + ((long)_lengths[i] * _cache.PositionBytes);
                    var bytes = (long)tokens * _cache.PositionBytes;
                    Buffer.MemoryCopy(source, target, bytes, bytes);
                }
            }
        }

        (_past, _present) = (_present, _past);
        Width = width;
        foreach (ref var length in _lengths.AsSpan(0, Count))
        {
            length += tokens;
        }
    }

    /// <summary>Forgets the past when it holds this row of the cache, which is about to change.</summary>
    public void Forget(int row)
    {
        if (_rows.AsSpan(0, Count).Contains(row))
        {
            Count = 0;
        }
    }

    public void Dispose()
    {
        foreach (var blocks in (void*[][])[_past, _present])
        {
            for (var i = 0; i < blocks.Length; i++)
            {
                NativeMemory.AlignedFree(blocks[i]);
                blocks[i] = null;
            }
        }
    }

    /// <summary>The padding is cleared: a weight of zero does not hide a value that is not a number.</summary>
    private void Gather(int block)
    {
        for (var i = 0; i < Count; i++)
        {
            var used = (long)_lengths[i] * _cache.PositionBytes;
            var padding = ((long)Width * _cache.PositionBytes) - used;
            for (var head = 0; head < _decoder.KeyValueHeads; head++)
            {
                var start = Position(_past[block], i, head, Width, 0);
                var row = start + ((long)StartOf(i) * _cache.PositionBytes);
                NativeMemory.Clear(row == start ? start + used : start, (nuint)padding);
                Buffer.MemoryCopy(_cache.Head(block, _rows[i], head), row, used, used);
            }
        }
    }

    private byte* Position(void* block, int index, int head, int width, int position) =>
        (byte*)block + (((((long)index * _decoder.KeyValueHeads) + head) * width) + position) * _cache.PositionBytes;

    private OrtValue View(void* block, int width) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance,
        _decoder.CacheType,
        [Count, _decoder.KeyValueHeads, width, _decoder.HeadSize],
        (nint)block,
        (long)Count * _decoder.KeyValueHeads * width * _cache.PositionBytes);

    private void*[] Allocate(long bytes)
    {
        var blocks = new void*[_decoder.Past.Count];
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        }

        return blocks;
    }
}
