using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Scheduling;

/// <summary>
/// Keys and values of all slots, in the device's memory: per layer and kind one block [slots, heads, positions, head size]. The running
/// batch is always the first rows, so that it is one contiguous tensor; a row that leaves is filled with the last one.
/// </summary>
/// <remarks>A row need not be cleared for reuse: what lies behind its length is never read. Nothing of it passes through the host.</remarks>
internal sealed class KvCache : IDisposable
{
    private readonly DecoderInterface _decoder;
    private readonly IDeviceMemory _memory;
    private readonly nint[] _blocks;

    /// <exception cref="DeviceMemoryException">The device has not so much memory.</exception>
    public KvCache(DecoderInterface decoder, IDeviceMemory memory, int rows, int positions)
    {
        (_decoder, _memory) = (decoder, memory);
        Positions = positions;
        PositionBytes = decoder.HeadSize * DecoderInterface.BytesOf(decoder.CacheType);
        HeadBytes = (long)positions * PositionBytes;
        RowBytes = HeadBytes * decoder.KeyValueHeads;
        _blocks = Allocate(memory, decoder.Past.Count, RowBytes * rows);
    }

    public int Positions { get; }

    /// <summary>Of one position of one head.</summary>
    public int PositionBytes { get; }

    /// <summary>From a head of a row to the next.</summary>
    public long HeadBytes { get; }

    private long RowBytes { get; }

    /// <summary>Bytes of a cache; for the reference model 4 KB per position.</summary>
    public static long BytesFor(DecoderInterface decoder, int rows, int positions) =>
        (long)rows * positions * decoder.KeyValueHeads * decoder.HeadSize * decoder.Past.Count * DecoderInterface.BytesOf(decoder.CacheType);

    /// <summary>All or none: what was given before a refusal is given back.</summary>
    /// <exception cref="DeviceMemoryException">The device has not so much memory.</exception>
    public static nint[] Allocate(IDeviceMemory memory, int blocks, long bytes)
    {
        var made = new List<nint>(blocks);
        try
        {
            while (made.Count < blocks)
            {
                made.Add(memory.Allocate(bytes));
            }

            return [.. made];
        }
        catch (DeviceMemoryException)
        {
            made.ForEach(memory.Free);
            throw;
        }
    }

    /// <summary>Some rows of one block as a tensor that serves as past and present at once.</summary>
    public OrtValue View(int block, int firstRow, int rows) => OrtValue.CreateTensorValueWithData(
        _memory.Info, _decoder.CacheType, [rows, _decoder.KeyValueHeads, Positions, _decoder.HeadSize], At(block, firstRow, 0), rows * RowBytes);

    /// <summary>Copies the used positions of a row over another row.</summary>
    public void Move(int from, int to, int used)
    {
        var lines = new Lines(_decoder.KeyValueHeads, (long)used * PositionBytes, HeadBytes, HeadBytes);
        for (var block = 0; block < _blocks.Length; block++)
        {
            _memory.Copy(At(block, from, 0), At(block, to, 0), lines);
        }
    }

    /// <summary>A position of the first head of a row.</summary>
    public nint At(int block, int row, int position) => _blocks[block] + (nint)((row * RowBytes) + ((long)position * PositionBytes));

    public void Dispose() => Array.ForEach(_blocks, _memory.Free);
}
