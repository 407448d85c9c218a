using System.Runtime.InteropServices;
using ChaosBench.Server.Models;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Scheduling;

/// <summary>
/// Keys and values of all slots: per layer and kind one block [slots, heads, positions, head size]. The running batch is always
/// the first rows, so that it is one contiguous tensor; a row that leaves is filled with the last one.
/// </summary>
/// <remarks>
/// Native memory: it has an address that ONNX Runtime can keep, is touched only as far as it is used, and is freed when a replica
/// dies and not when a collection comes. A row need not be cleared for reuse: what lies behind its length is never read.
/// </remarks>
internal sealed unsafe class KvCache : IDisposable
{
    private const nuint Alignment = 64;

    private readonly DecoderInterface _decoder;
    private readonly void*[] _blocks;

    public KvCache(DecoderInterface decoder, int rows, int positions)
    {
        _decoder = decoder;
        Positions = positions;
        PositionBytes = decoder.HeadSize * DecoderInterface.BytesOf(decoder.CacheType);
        HeadBytes = (long)positions * PositionBytes;
        RowBytes = HeadBytes * decoder.KeyValueHeads;
        _blocks = new void*[decoder.Past.Count];
        for (var i = 0; i < _blocks.Length; i++)
        {
            _blocks[i] = NativeMemory.AlignedAlloc((nuint)(RowBytes * rows), Alignment);
        }
    }

    public int Positions { get; }

    /// <summary>Of one position of one head.</summary>
    public int PositionBytes { get; }

    private long HeadBytes { get; }

    private long RowBytes { get; }

    /// <summary>Bytes of a cache; for the reference model 4 KB per position.</summary>
    public static long BytesFor(DecoderInterface decoder, int rows, int positions) =>
        (long)rows * positions * decoder.KeyValueHeads * decoder.HeadSize * decoder.Past.Count * DecoderInterface.BytesOf(decoder.CacheType);

    /// <summary>Some rows of one block as a tensor that serves as past and present at once.</summary>
    public OrtValue View(int block, int firstRow, int rows)
    {
        var start = (byte*)_blocks[block] + (firstRow * RowBytes);
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            _decoder.CacheType,
            [rows, _decoder.KeyValueHeads, Positions, _decoder.HeadSize],
            (nint)start,
            rows * RowBytes);
    }

    /// <summary>Copies the used positions of a row over another row.</summary>
    public void Move(int from, int to, int used)
    {
        var bytes = (long)used * PositionBytes;
        for (var block = 0; block < _blocks.Length; block++)
        {
            for (var head = 0; head < _decoder.KeyValueHeads; head++)
            {
                Buffer.MemoryCopy(Head(block, from, head), Head(block, to, head), HeadBytes, bytes);
            }
        }
    }

    /// <summary>The first position of a head of a row.</summary>
    public byte* Head(int block, int row, int head) => (byte*)_blocks[block] + (row * RowBytes) + (head * HeadBytes);

    public void Dispose()
    {
        for (var i = 0; i < _blocks.Length; i++)
        {
            NativeMemory.AlignedFree(_blocks[i]);
            _blocks[i] = null;
        }
    }
}
