namespace ChaosBench.Server.Tokenization;

/// <summary>
/// WordPiece: each word is cut into the longest tokens from the left, or is unknown as a whole. Special tokens stand around the
/// text only; their names in a text are text.
/// </summary>
/// <remarks>Immutable, safe for any number of threads. The time is linear in the text, times the longest token.</remarks>
internal sealed class WordPieceTokenizer
{
    private readonly WordPieceParts _parts;
    private readonly Dictionary<string, int> _first = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);
    private readonly int _longest;

    public WordPieceTokenizer(WordPieceParts parts)
    {
        _parts = parts;
        foreach (var (token, id) in parts.Vocabulary)
        {
            _first[token] = id;
            if (token.StartsWith(parts.Prefix, StringComparison.Ordinal))
            {
                _next[token[parts.Prefix.Length..]] = id;
            }

            _longest = Math.Max(_longest, token.Length);
        }

        Vocabulary = parts.Vocabulary.Values.DefaultIfEmpty(-1).Max() + 1;
    }

    /// <summary>Number of token ids, the largest id plus one.</summary>
    public int Vocabulary { get; }

    public int[] Encode(string text)
    {
        var output = new List<int>((text.Length / 4) + 4);
        output.AddRange(_parts.Before);
        foreach (var word in _parts.Text.Words(text))
        {
            Append(word, output);
        }

        output.AddRange(_parts.After);
        return [.. output];
    }

    private void Append(string word, List<int> output)
    {
        var begin = output.Count;
        if (word.Length > _parts.LongestWord && word.EnumerateRunes().Count() > _parts.LongestWord)
        {
            output.Add(_parts.Unknown);
            return;
        }

        for (var at = 0; at < word.Length;)
        {
            var pieces = (at == 0 ? _first : _next).GetAlternateLookup<ReadOnlySpan<char>>();
            var length = Math.Min(word.Length - at, _longest);
            var token = 0;
            while (length > 0 && !pieces.TryGetValue(word.AsSpan(at, length), out token))
            {
                length--;
            }

            if (length == 0)
            {
                output.RemoveRange(begin, output.Count - begin);
                output.Add(_parts.Unknown);
                return;
            }

            output.Add(token);
            at += length;
        }
    }
}

/// <summary>What the files of a WordPiece tokenizer say, checked.</summary>
internal sealed record WordPieceParts
{
    public required IReadOnlyDictionary<string, int> Vocabulary { get; init; }

    public required BertText Text { get; init; }

    public required int Unknown { get; init; }

    /// <summary>Written before tokens that continue a word.</summary>
    public string Prefix { get; init; } = "##";

    /// <summary>Code points; a longer word is unknown.</summary>
    public int LongestWord { get; init; } = 100;

    public IReadOnlyList<int> Before { get; init; } = [];

    public IReadOnlyList<int> After { get; init; } = [];
}
