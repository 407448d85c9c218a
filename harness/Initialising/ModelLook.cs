using System.Globalization;
using System.Text.Json;
using ChaosBench.Harness.Provenance;
using ChaosBench.Server.Embeddings;

namespace ChaosBench.Harness.Initialising;

/// <summary>What a model folder shows without being loaded.</summary>
internal static class ModelLook
{
    private const long MostBytes = 4 << 20;

    /// <exception cref="UsageException">No folder of a model.</exception>
    public static IReadOnlyList<(string What, string Found)> Of(string folder)
    {
        var parts = ModelParts.Of(folder, out var notes);
        string Files(string role) => string.Join(", ", parts.Parts.Where(part => part.Properties["role"] == role)
            .Select(part => part.Name)) is { Length: > 0 } names ? names : "none";
        var found = new List<(string, string)>
        {
            ("model", $"{parts.Whole.Name}{(parts.Whole.Version is { } version ? $", version {version}" : "")}, licence {parts.Whole.Licence ?? "not stated"}"),
            ("graphs", Files("graph")),
            ("tokenizer", Files("tokenizer")),
        };
        if (Config(folder) is { } config)
        {
            found.Add(("size", config));
        }

        found.AddRange(notes.Select(note => ("look", note)));
        if (EncoderFolder.IsEncoder(folder))
        {
            throw new UsageException($"{folder}: an encoder, and a scenario asks models that write answers; 'chaosbench serve {folder}' embeds or classifies with it.");
        }

        return File.Exists(Path.Combine(folder, "model.onnx"))
            ? [.. found.Select(one => (one.Item1, Printable.Line(one.Item2, 400)))]
            : throw new UsageException($"{folder}: no model.onnx in it, which is what is served here; start your own server and give its URL.");
    }

    private static string? Config(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length > MostBytes)
            {
                return null;
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            string Number(string name) => StreamedAnswer.Member(document.RootElement, name) is { ValueKind: JsonValueKind.Number } value
                && value.TryGetInt64(out var number)
                ? number.ToString(CultureInfo.InvariantCulture) : "?";
            return $"{Number("num_hidden_layers")} layers, vocabulary {Number("vocab_size")}, context {Number("max_position_embeddings")} tokens";
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or JsonException)
        {
            return $"config.json cannot be read: {broken.Message}";
        }
    }
}
