namespace ChaosBench.Server.Embeddings;

/// <summary>One thing to encode: a text, or tokens that the caller made. Hostile input.</summary>
public sealed record EncoderInput
{
    private EncoderInput(string? text, IReadOnlyList<int>? tokens)
    {
        Text = text;
        Tokens = tokens;
    }

    /// <summary>Null when tokens are given.</summary>
    public string? Text { get; }

    /// <summary>Fed to the model as they are, without special tokens around them. Null when a text is given.</summary>
    public IReadOnlyList<int>? Tokens { get; }

    public static EncoderInput Of(string text) => new(text, null);

    public static EncoderInput Of(IReadOnlyList<int> tokens) => new(null, tokens);
}
