using System.Buffers;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>The beginning of a line whose end has not arrived, in memory that is rented only while there is one.</summary>
internal sealed class HeldLine
{
    private const int FirstRoom = 256;

    private byte[] _rented = [];

    public int Length { get; private set; }

    /// <returns>The line so far; valid until the next call.</returns>
    public ReadOnlySpan<byte> Add(ReadOnlySpan<byte> part)
    {
        var needed = Length + part.Length;
        if (_rented.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstRoom, needed));
            _rented.AsSpan(0, Length).CopyTo(larger);
            Return();
            _rented = larger;
        }

        part.CopyTo(_rented.AsSpan(Length));
        Length = needed;
        return _rented.AsSpan(0, needed);
    }

    public void Release()
    {
        Return();
        (_rented, Length) = ([], 0);
    }

    private void Return()
    {
        if (_rented.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }
}
