using System.Buffers;

namespace ChaosBench.Reports.Merging;

/// <summary>Some thousand lines, each with its end, for those who need them; the last of them gives the memory back.</summary>
/// <param name="users">How many call <see cref="Done"/>.</param>
internal sealed class Stretch(int atLeast, int users)
{
    /// <summary>Bytes that are worth a task of their own, and few enough that a dozen of them are in the making.</summary>
    public const int Size = 1024 * 1024;

    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(Size, atLeast));
    private int _users = users;
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public bool IsEmpty => _length == 0;

    /// <returns>False: there is no room.</returns>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        if (_bytes.Length - _length <= line.Length)
        {
            return false;
        }

        line.CopyTo(_bytes.AsSpan(_length));
        _length += line.Length;
        _bytes[_length++] = (byte)'\n';
        return true;
    }

    public void Done()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
