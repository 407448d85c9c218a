namespace ChaosBench.Server.Tokenization;

/// <summary>What a tokenizer file says, checked.</summary>
internal sealed record TokenizerParts
{
    /// <summary>By token id; empty for special tokens and unused ids.</summary>
    public required byte[][] Bytes { get; init; }

    public required BytePairMerges Merges { get; init; }

    public required PreTokenizer PreTokenizer { get; init; }

    /// <summary>Longest text first.</summary>
    public required IReadOnlyList<(string Text, int Token)> Added { get; init; }

    /// <summary>Text is brought into normalization form C first.</summary>
    public bool Composes { get; init; }

    /// <summary>Set when the file asks to take a piece that is a token without merging (ignore_merges).</summary>
    public IReadOnlyDictionary<string, int>? WholePieces { get; init; }

    public IReadOnlyList<int> Before { get; init; } = [];

    public IReadOnlyList<int> After { get; init; } = [];
}
