using System.Text.Json;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Provenance;

namespace ChaosBench.Harness.Provenance;

/// <summary>
/// What a model folder is made of, and what its card says: <c>model-card.json</c>, or the head of a <c>README.md</c>.
/// </summary>
internal static partial class ModelParts
{
    /// <summary>A card is read as far as this.</summary>
    private const int MostCardBytes = 256 * 1024;

    /// <param name="notes">What is not as the card says, one sentence each.</param>
    /// <exception cref="UsageException">No folder of a model, or one that cannot be read.</exception>
    public static PartsList Of(string folder, out IReadOnlyList<string> notes)
    {
        if (!Directory.Exists(folder))
        {
            throw new UsageException($"{folder}: there is no such folder; name one that holds a model, for example scenarios/models/triage-v1.");
        }

        var hashes = FileHash.Of(folder, static _ => true);
        if (!hashes.Keys.Any(name => RoleOf(name) == "graph"))
        {
            throw new UsageException($"{folder}: no model is in it (no .onnx, .safetensors, .gguf or .bin file); name the folder of a model.");
        }

        var card = Card(folder);
        var trouble = new List<string>();
        foreach (var (file, stated) in card.Sha256)
        {
            if (!hashes.TryGetValue(file, out var now))
            {
                trouble.Add($"{file}: the model card speaks of it and it is not there");
            }
            else if (!string.Equals(now, stated, StringComparison.OrdinalIgnoreCase))
            {
                trouble.Add($"{file}: not the file that the model card speaks of (another SHA-256)");
            }
        }

        notes = trouble;
        var whole = new Component(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))))
        {
            Kind = ComponentKind.MachineLearningModel,
            Version = card.Version,
            Licence = card.Licence,
            LicenceSource = card.Source,
            Description = card.Task,
        };
        return new PartsList(whole, [.. hashes.Select(file => new Component(file.Key)
        {
            Kind = ComponentKind.File,
            Hashes = new Dictionary<string, string> { ["SHA-256"] = file.Value },
            Properties = new Dictionary<string, string> { ["role"] = RoleOf(file.Key) },
        })]);
    }

    internal static string RoleOf(string file) => Path.GetFileName(file).ToLowerInvariant() switch
    {
        "model-card.json" or "readme.md" => "card",
        var name when name.StartsWith("license", StringComparison.Ordinal)
            || name.StartsWith("notice", StringComparison.Ordinal) => "licence",
        var name when name.Contains("token", StringComparison.Ordinal) || name is "vocab.txt" or "vocab.json" or "merges.txt" =>
            "tokenizer",
        var name when Path.GetExtension(name) is ".onnx" or ".safetensors" or ".gguf" or ".bin" or ".pt" => "graph",
        var name when name.Contains(".onnx", StringComparison.Ordinal) => "weights",
        var name when name.EndsWith(".json", StringComparison.Ordinal) => "configuration",
        _ => "other",
    };

    private static ModelCard Card(string folder)
    {
        var card = Path.Combine(folder, "model-card.json");
        var readme = Path.Combine(folder, "README.md");
        return File.Exists(card) ? OfJson(card) : File.Exists(readme) ? OfReadme(readme)
            : new ModelCard(null, null, null, null, new Dictionary<string, string>());
    }

    private static ModelCard OfJson(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(Head(path));
            var root = document.RootElement;
            string? Text(string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString() : null;
            var files = root.TryGetProperty("sha256", out var all) && all.ValueKind == JsonValueKind.Object
                ? all.EnumerateObject().Where(file => file.Value.ValueKind == JsonValueKind.String)
                    .ToDictionary(file => file.Name, file => file.Value.GetString()!)
                : [];
            return new ModelCard(Text("license") ?? Text("licence"), "model-card.json", Text("version"), Text("task"), files);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new UsageException($"{path}: not a JSON object ({broken.Message.ReplaceLineEndings(" ")}); mend it or remove it.");
        }
    }

    /// <summary>
    /// Hugging Face's form: YAML between two lines of <c>---</c>. <c>license: other</c> stands for <c>license_name</c>.
    /// </summary>
    private static ModelCard OfReadme(string path)
    {
        var lines = Head(path).ReplaceLineEndings("\n").Split('\n');
        var head = lines is ["---", .. var rest] ? rest.TakeWhile(line => line != "---").ToList() : [];
        string? Value(string key) => head.Select(line => Entry().Match(line))
            .FirstOrDefault(match => match.Success && match.Groups[1].Value == key)?.Groups[2].Value;
        var licence = Value("license");
        return new ModelCard(licence == "other" ? Value("license_name") ?? licence : licence, "README.md", null, null,
            new Dictionary<string, string>());
    }

    private static string Head(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var text = new char[MostCardBytes];
            return new string(text, 0, reader.ReadBlock(text));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: cannot be read ({exception.Message}).");
        }
    }

    [GeneratedRegex("""^([a-z_]+):\s*["']?([^"'#]+?)["']?\s*(?:#.*)?$""")]
    private static partial Regex Entry();

    private sealed record ModelCard(
        string? Licence, string? Source, string? Version, string? Task, IReadOnlyDictionary<string, string> Sha256);
}
