using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ChaosBench.Server.Models;

/// <summary>
/// The tensors of a decoder as Optimum and ONNX Runtime GenAI export it:
/// <c>input_ids, attention_mask[, position_ids], past_key_values.N.key/value -> logits, present.N.key/value</c>.
/// </summary>
internal sealed record DecoderInterface
{
    public const string InputIds = "input_ids";
    public const string AttentionMask = "attention_mask";
    public const string PositionIds = "position_ids";
    public const string Logits = "logits";

    private const string Expected = "ChaosBench serves decoders exported with input_ids, attention_mask[, position_ids], "
        + "past_key_values.N.key/value -> logits, present.N.key/value (Optimum, ONNX Runtime GenAI)";

    private static readonly TensorElementType[] Floats = [TensorElementType.Float, TensorElementType.Float16];

    public required bool HasPositionIds { get; init; }

    /// <summary>key and value of layer 0, key and value of layer 1, ...</summary>
    public required IReadOnlyList<string> Past { get; init; }

    public required IReadOnlyList<string> Present { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadSize { get; init; }

    public required int Vocabulary { get; init; }

    /// <summary>f32 or f16.</summary>
    public required TensorElementType CacheType { get; init; }

    /// <summary>f32 or f16.</summary>
    public required TensorElementType LogitsType { get; init; }

    public static int BytesOf(TensorElementType type) => type == TensorElementType.Float16 ? 2 : 4;

    /// <exception cref="ModelLoadException">The graph has other tensors or other types than a decoder of this form.</exception>
    public static DecoderInterface Read(string place, InferenceSession session, ModelConfig config)
    {
        var (inputs, outputs) = (session.InputMetadata, session.OutputMetadata);
        var past = Names("past_key_values", config.Layers);
        var present = Names("present", config.Layers);
        Require(place, "input", inputs, InputIds, [TensorElementType.Int64], 2);
        Require(place, "input", inputs, AttentionMask, [TensorElementType.Int64], 2);
        var logitsType = Require(place, "output", outputs, Logits, Floats, 3);
        var cacheType = Require(place, "input", inputs, past[0], Floats, 4);
        Array.ForEach(past, name => Require(place, "input", inputs, name, [cacheType], 4));
        Array.ForEach(present, name => Require(place, "output", outputs, name, [cacheType], 4));
        if (inputs.ContainsKey(PositionIds))
        {
            Require(place, "input", inputs, PositionIds, [TensorElementType.Int64], 2);
        }

        var unknown = inputs.Keys.Except([InputIds, AttentionMask, PositionIds, .. past]).Order(StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
        {
            throw new ModelLoadException(place, $"input '{unknown[0]}' is not known (config.json says {config.Layers} layers); {Expected}");
        }

        var shape = inputs[past[0]].Dimensions;
        Agree(place, past[0], "key/value heads", shape[1], config.KeyValueHeads);
        Agree(place, past[0], "head size", shape[3], config.HeadSize);
        Agree(place, Logits, "vocabulary", outputs[Logits].Dimensions[2], config.Vocabulary);
        return new DecoderInterface
        {
            HasPositionIds = inputs.ContainsKey(PositionIds),
            Past = past,
            Present = present,
            KeyValueHeads = config.KeyValueHeads,
            HeadSize = config.HeadSize,
            Vocabulary = config.Vocabulary,
            CacheType = cacheType,
            LogitsType = logitsType,
        };
    }

    private static string[] Names(string prefix, int layers) =>
        [.. Enumerable.Range(0, layers).SelectMany(i => (string[])[$"{prefix}.{i}.key", $"{prefix}.{i}.value"])];

    private static TensorElementType Require(
        string place, string kind, IReadOnlyDictionary<string, NodeMetadata> all, string name, TensorElementType[] types, int rank)
    {
        if (!all.TryGetValue(name, out var found))
        {
            throw new ModelLoadException(place, $"{kind} '{name}' is missing; {Expected}; {kind}s found: {Listed(all.Keys)}");
        }

        if (!found.IsTensor || !types.Contains(found.ElementDataType) || found.Dimensions.Length != rank)
        {
            var is_ = found.IsTensor ? $"{found.ElementDataType} of rank {found.Dimensions.Length}" : found.OnnxValueType.ToString();
            throw new ModelLoadException(place, $"{kind} '{name}' is {is_}; expected {string.Join(" or ", types)} of rank {rank}");
        }

        return found.ElementDataType;
    }

    /// <summary>A symbolic dimension is -1 and agrees with anything.</summary>
    private static void Agree(string place, string tensor, string what, int graph, int config)
    {
        if (graph > 0 && graph != config)
        {
            throw new ModelLoadException(place, $"'{tensor}' has {what} {graph}, config.json says {config}; the two files are not of the same model");
        }
    }

    private static string Listed(IEnumerable<string> names)
    {
        var all = names.Order(StringComparer.Ordinal).ToArray();
        return string.Join(", ", all.Take(12)) + (all.Length > 12 ? $" and {all.Length - 12} more" : "");
    }
}
