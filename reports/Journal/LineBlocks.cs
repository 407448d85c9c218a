using System.Buffers;

namespace ChaosBench.Reports.Journal;

/// <summary>
/// Whole lines on their way to the disk, in blocks of rented memory: bytes instead of objects, so that what waits costs the garbage
/// collector nothing. Safe for several threads.
/// </summary>
internal sealed class LineBlocks
{
    private const int BlockBytes = 64 * 1024;

    // Guards the fields below.
    private readonly Lock _lock = new();
    private readonly Queue<Block> _full = new();
    private Block _filling;
    private long _waiting;

    /// <summary>Puts a line, with its end, behind those that wait.</summary>
    /// <returns>Bytes that wait now.</returns>
    public long Add(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            if (_filling.Left < line.Length)
            {
                Retire();
                _filling = new Block(ArrayPool<byte>.Shared.Rent(Math.Max(BlockBytes, line.Length)), 0);
            }

            line.CopyTo(_filling.Bytes.AsSpan(_filling.Length));
            _filling = _filling with { Length = _filling.Length + line.Length };
            return _waiting += line.Length;
        }
    }

    /// <summary>Writes what waits, block by block, in the order in which it came. For one caller at a time.</summary>
    /// <returns>False when nothing waited.</returns>
    public bool WriteTo(Stream stream)
    {
        var wrote = false;
        while (TryTake(out var block))
        {
            stream.Write(block.Bytes, 0, block.Length);
            ArrayPool<byte>.Shared.Return(block.Bytes);
            wrote = true;
        }

        return wrote;
    }

    private bool TryTake(out Block block)
    {
        lock (_lock)
        {
            if (_full.Count == 0)
            {
                Retire();
            }

            if (!_full.TryDequeue(out block))
            {
                return false;
            }

            _waiting -= block.Length;
            return true;
        }
    }

    private void Retire()
    {
        if (_filling.Length > 0)
        {
            _full.Enqueue(_filling);
        }

        _filling = default;
    }

    private readonly record struct Block(byte[] Bytes, int Length)
    {
        public int Left => Bytes is null ? 0 : Bytes.Length - Length;
    }
}
