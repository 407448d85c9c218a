using ChaosBench.Server.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ChaosBench.Server.Embeddings;

/// <summary>
/// The tensors of an encoder as Optimum and sentence-transformers export it:
/// <c>input_ids, attention_mask[, token_type_ids] -> sentence_embedding | last_hidden_state | logits</c>.
/// </summary>
internal sealed record EncoderInterface
{
    public const string InputIds = "input_ids";
    public const string AttentionMask = "attention_mask";
    public const string TokenTypes = "token_type_ids";
    public const string Sentence = "sentence_embedding";
    public const string Logits = "logits";

    private const string Expected = "ChaosBench serves encoders with input_ids, attention_mask[, token_type_ids] -> sentence_embedding, "
        + "last_hidden_state or logits (Optimum, sentence-transformers)";

    // The first that a graph has counts: a pooled vector is what its makers meant.
    private static readonly (string Name, bool PerToken)[] Outputs =
        [(Sentence, false), ("last_hidden_state", true), ("token_embeddings", true), (Logits, false)];

    public required bool HasTokenTypes { get; init; }

    public required string Output { get; init; }

    /// <summary>The output has a vector for each token, which is still to be pooled.</summary>
    public required bool PerToken { get; init; }

    public required int Width { get; init; }

    public bool IsClassifier => Output == Logits;

    /// <summary>A graph with a cache is a decoder.</summary>
    public static bool IsDecoder(InferenceSession session) =>
        session.InputMetadata.Keys.Any(name => name.StartsWith("past_key_values", StringComparison.Ordinal));

    /// <exception cref="ModelLoadException">The graph has other tensors or other types than an encoder of this form.</exception>
    public static EncoderInterface Read(string place, InferenceSession session)
    {
        var inputs = session.InputMetadata;
        foreach (var name in (string[])[InputIds, AttentionMask])
        {
            if (!inputs.TryGetValue(name, out var found) || found.ElementDataType != TensorElementType.Int64 || found.Dimensions.Length != 2)
            {
                throw new ModelLoadException(place, $"input '{name}' is missing or not Int64 of rank 2; {Expected}");
            }
        }

        if (inputs.Keys.Except([InputIds, AttentionMask, TokenTypes]).Order(StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new ModelLoadException(place, $"input '{unknown}' is not known; {Expected}");
        }

        var (output, perToken) = Outputs.FirstOrDefault(o => session.OutputMetadata.ContainsKey(o.Name));
        if (output is null)
        {
            throw new ModelLoadException(place, $"has none of the outputs {string.Join(", ", Outputs.Select(o => o.Name))}; {Expected}");
        }

        var shape = session.OutputMetadata[output];
        var rank = perToken ? 3 : 2;
        return shape.ElementDataType == TensorElementType.Float && shape.Dimensions.Length == rank && shape.Dimensions[^1] > 0
            ? new EncoderInterface
            {
                HasTokenTypes = inputs.ContainsKey(TokenTypes), Output = output, PerToken = perToken, Width = shape.Dimensions[^1],
            }
            : throw new ModelLoadException(place, $"output '{output}' is not Float of rank {rank} with a fixed last dimension; export it so");
    }
}
