namespace ChaosBench.Server.Scheduling;

/// <summary>
/// Beginnings of finished prompts, in the rows of the cache behind the slots: a prompt that begins like one of them copies those
/// positions instead of computing them.
/// </summary>
/// <remarks>
/// Whole chunks alone are shared. A chunk is always computed on its own and on top of the same past, so what is copied is bit by bit
/// what would have been computed; and prompts below a chunk, for which copying would not pay, cost nothing here.
/// </remarks>
internal sealed class PrefixShelf
{
    private readonly IDecoderRunner _runner;

    // Most recently used first; a place's row never changes.
    private readonly List<(int Row, int[] Tokens)> _kept = [];

    public PrefixShelf(IDecoderRunner runner, int places)
    {
        _runner = runner;
        for (var place = 0; place < places; place++)
        {
            _kept.Add((runner.Slots + place, []));
        }
    }

    /// <summary>Fills the beginning of a row with what is kept of its prompt and says how many positions that are.</summary>
    public int Reuse(ReadOnlySpan<int> prompt, int row)
    {
        var (best, longest) = (-1, 0);
        for (var i = 0; i < _kept.Count; i++)
        {
            // One token at least is computed: its logits are not kept.
            var shared = WholeChunks(prompt[..^1].CommonPrefixLength(_kept[i].Tokens));
            if (shared > longest)
            {
                (best, longest) = (i, shared);
            }
        }

        if (best >= 0)
        {
            Touch(best);
            _runner.Move(_kept[0].Row, row, longest);
        }

        return longest;
    }

    /// <summary>Keeps the whole chunks of a prompt that has been computed in a row.</summary>
    public void Keep(ReadOnlySpan<int> prompt, int row)
    {
        var tokens = prompt[..WholeChunks(prompt.Length)];
        if (tokens.IsEmpty || _kept.Count == 0)
        {
            return;
        }

        var place = _kept.Count - 1;
        for (var i = 0; i < _kept.Count; i++)
        {
            var shared = tokens.CommonPrefixLength(_kept[i].Tokens);
            if (shared == tokens.Length)
            {
                Touch(i);
                return;
            }

            if (shared > 0 && shared == _kept[i].Tokens.Length)
            {
                // What is kept is the beginning of this one.
                place = i;
            }
        }

        Touch(place);
        _kept[0] = (_kept[0].Row, tokens.ToArray());
        _runner.Move(row, _kept[0].Row, tokens.Length);
    }

    private int WholeChunks(int tokens) => tokens / _runner.Chunk * _runner.Chunk;

    private void Touch(int index)
    {
        var place = _kept[index];
        _kept.RemoveAt(index);
        _kept.Insert(0, place);
    }
}
