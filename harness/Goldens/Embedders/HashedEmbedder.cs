using ChaosBench.Reports.Goldens;

namespace ChaosBench.Harness.Goldens.Embedders;

/// <summary>
/// Words and runs of 3 to 5 characters, hashed into signed buckets (Weinberger et al. 2009): needs no model, and knows no meaning. It
/// tells that texts are spelt alike.
/// </summary>
internal sealed class HashedEmbedder : IEmbedder
{
    private const int Dimension = 512;
    private const int Shortest = 3;
    private const int Longest = 5;

    /// <summary>Characters that are looked at.</summary>
    private const int MostChars = 64 << 10;

    public EmbedderIdentity Identity { get; } = new("hashed", "", Dimension)
    {
        Pooling = "sum",
        Note = "hashed words and character n-grams: it sees spelling, not meaning; name a model with --embedder for that",
    };

    public Task<IReadOnlyList<float[]?>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<float[]?>>([.. texts.Select(Vector)]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static float[]? Vector(string text)
    {
        var shown = (text.Length > MostChars ? text[..MostChars] : text).ToLowerInvariant();
        var words = shown.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return null;
        }

        var vector = new float[Dimension];
        foreach (var word in words)
        {
            Add(vector, word, 1);
            var marked = $" {word} ";
            for (var length = Shortest; length <= Longest; length++)
            {
                for (var at = 0; at + length <= marked.Length; at++)
                {
                    Add(vector, marked.AsSpan(at, length), 0.5f);
                }
            }
        }

        var norm = MathF.Sqrt(vector.Sum(value => value * value));
        return norm > 0 ? Array.ConvertAll(vector, value => value / norm) : null;
    }

    /// <summary>FNV-1a over UTF-16 units; the highest bit is the sign.</summary>
    private static void Add(float[] vector, ReadOnlySpan<char> gram, float weight)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var letter in gram)
        {
            hash = unchecked((hash ^ letter) * 0x100000001B3UL);
        }

        hash ^= hash >> 32;
        vector[(int)(hash % Dimension)] += (hash >> 63) == 0 ? weight : -weight;
    }
}
