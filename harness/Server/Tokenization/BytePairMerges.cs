using System.Buffers;

namespace ChaosBench.Server.Tokenization;

/// <summary>
/// Byte-pair merging: the adjacent pair of lowest rank is joined, the leftmost first, until none is left.
/// Short pieces (nearly all) scan; long ones use a heap, so that a megabyte of one letter costs n log n and not n squared.
/// </summary>
internal sealed class BytePairMerges
{
    private const int ScanUpTo = 48;

    private readonly Dictionary<long, (int Rank, int Token)> _merges;
    private readonly int[] _byteTokens;

    /// <param name="byteTokens">Token of each single byte.</param>
    /// <param name="merges">(left, right) tokens to (rank, joined token).</param>
    public BytePairMerges(int[] byteTokens, IEnumerable<(int Left, int Right, int Joined)> merges)
    {
        _byteTokens = byteTokens;
        _merges = [];
        var rank = 0;
        foreach (var (left, right, joined) in merges)
        {
            _merges.TryAdd(Pair(left, right), (rank, joined));
            rank++;
        }
    }

    public void Encode(ReadOnlySpan<byte> piece, List<int> output)
    {
        var rented = ArrayPool<int>.Shared.Rent(piece.Length);
        var tokens = rented.AsSpan(0, piece.Length);
        for (var i = 0; i < piece.Length; i++)
        {
            tokens[i] = _byteTokens[piece[i]];
        }

        if (piece.Length <= ScanUpTo)
        {
            tokens = tokens[..Scan(tokens)];
            output.AddRange(tokens);
        }
        else
        {
            MergeByHeap(tokens, output);
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    internal int Scan(Span<int> tokens)
    {
        var count = tokens.Length;
        while (count > 1)
        {
            var best = (Rank: int.MaxValue, Token: 0);
            var at = -1;
            for (var i = 0; i + 1 < count; i++)
            {
                if (_merges.TryGetValue(Pair(tokens[i], tokens[i + 1]), out var merge) && merge.Rank < best.Rank)
                {
                    best = merge;
                    at = i;
                }
            }

            if (at < 0)
            {
                break;
            }

            tokens[at] = best.Token;
            tokens[(at + 2)..count].CopyTo(tokens[(at + 1)..]);
            count--;
        }

        return count;
    }

    /// <summary>A linked list over the positions; a joined pair keeps the left position and frees the right one (token -1).</summary>
    internal void MergeByHeap(Span<int> tokens, List<int> output)
    {
        var next = ArrayPool<int>.Shared.Rent(tokens.Length);
        var previous = ArrayPool<int>.Shared.Rent(tokens.Length);
        var heap = new PriorityQueue<(int At, int Left, int Right, int Joined), long>();
        for (var i = 0; i < tokens.Length; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
        }

        for (var i = 0; i + 1 < tokens.Length; i++)
        {
            Push(heap, tokens, i, i + 1);
        }

        while (heap.TryDequeue(out var pair, out _))
        {
            var right = next[pair.At];
            // An entry is stale when either side was joined with something else since.
            if (right >= tokens.Length || tokens[pair.At] != pair.Left || tokens[right] != pair.Right)
            {
                continue;
            }

            tokens[pair.At] = pair.Joined;
            tokens[right] = -1;
            var after = next[right];
            next[pair.At] = after;
            if (after < tokens.Length)
            {
                previous[after] = pair.At;
                Push(heap, tokens, pair.At, after);
            }

            if (previous[pair.At] >= 0)
            {
                Push(heap, tokens, previous[pair.At], pair.At);
            }
        }

        for (var i = 0; i < tokens.Length; i = next[i])
        {
            output.Add(tokens[i]);
        }

        ArrayPool<int>.Shared.Return(next);
        ArrayPool<int>.Shared.Return(previous);
    }

    private void Push(PriorityQueue<(int At, int Left, int Right, int Joined), long> heap, ReadOnlySpan<int> tokens, int at, int right)
    {
        if (_merges.TryGetValue(Pair(tokens[at], tokens[right]), out var merge))
        {
            heap.Enqueue((at, tokens[at], tokens[right], merge.Token), Pair(merge.Rank, at));
        }
    }

    /// <summary>Orders by the left number, then by the right one.</summary>
    private static long Pair(int left, int right) => ((long)left << 32) | (uint)right;
}
