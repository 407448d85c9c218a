using System.Buffers;
using System.Collections;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Engine;

/// <summary>
/// Gathers the gaps of one reply in rented memory, so that what is left behind by it is their number and not the way they came. Not for
/// several threads at a time.
/// </summary>
internal sealed class GapBuffer
{
    /// <summary>Longer lists are cut: a reply with more events is an attack on our memory.</summary>
    public const int MaxGaps = 100_000;

    private const int FirstRoom = 64;

    private TokenGap[] _rented = [];
    private int _count;
    private bool _fits = true;

    public void Add(long nanos, int tokens)
    {
        if (_count == MaxGaps)
        {
            return;
        }

        if (_count == _rented.Length)
        {
            Grow();
        }

        _rented[_count++] = new TokenGap(nanos, tokens);
        _fits &= tokens == 1 && (ulong)nanos <= uint.MaxValue;
    }

    /// <summary>What was gathered, in memory of its own. The buffer is empty again.</summary>
    public IReadOnlyList<TokenGap> Take()
    {
        if (_count == 0)
        {
            return [];
        }

        var gathered = _rented.AsSpan(0, _count);
        IReadOnlyList<TokenGap> taken = _fits ? new ShortGaps(gathered) : gathered.ToArray();
        Clear();
        return taken;
    }

    public void Clear()
    {
        if (_rented.Length > 0)
        {
            ArrayPool<TokenGap>.Shared.Return(_rented);
        }

        (_rented, _count, _fits) = ([], 0, true);
    }

    private void Grow()
    {
        var larger = ArrayPool<TokenGap>.Shared.Rent(Math.Max(FirstRoom, _count * 2));
        _rented.AsSpan(0, _count).CopyTo(larger);
        if (_rented.Length > 0)
        {
            ArrayPool<TokenGap>.Shared.Return(_rented);
        }

        _rented = larger;
    }

    /// <summary>The usual kind, a token each and less than 4.3 s apart, in a quarter of the room: they wait for the disk, a list for each stream.</summary>
    private sealed class ShortGaps : IReadOnlyList<TokenGap>
    {
        private readonly uint[] _nanos;

        public ShortGaps(ReadOnlySpan<TokenGap> gaps)
        {
            _nanos = new uint[gaps.Length];
            for (var at = 0; at < gaps.Length; at++)
            {
                _nanos[at] = (uint)gaps[at].Nanos;
            }
        }

        public int Count => _nanos.Length;

        public TokenGap this[int index] => new(_nanos[index], 1);

        public IEnumerator<TokenGap> GetEnumerator() => _nanos.Select(nanos => new TokenGap(nanos, 1)).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
