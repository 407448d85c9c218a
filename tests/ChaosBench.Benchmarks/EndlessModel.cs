using System.Text.Json.Nodes;

namespace ChaosBench.Benchmarks;

/// <summary>
/// The reference model with an end token that it never says, so that every answer is as long as asked and a batch stays full.
/// </summary>
internal sealed class EndlessModel : IDisposable
{
    /// <summary>Padding; training never had it as a target.</summary>
    private const int Unsaid = 0;

    public EndlessModel()
    {
        foreach (var file in (string[])["model.onnx", "model.f16.onnx", "config.json", "genai_config.json", "tokenizer.json", "tokenizer_config.json"])
        {
            File.Copy(Path.Combine(Machine.Model, file), Path.Combine(Folder, file));
        }

        Edit("config.json", config => config["eos_token_id"] = Unsaid);
        Edit("genai_config.json", config => config["model"]!["eos_token_id"] = Unsaid);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("chaosbench-endless-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Edit(string file, Action<JsonNode> edit)
    {
        var path = Path.Combine(Folder, file);
        var content = JsonNode.Parse(File.ReadAllText(path))!;
        edit(content);
        File.WriteAllText(path, content.ToJsonString());
    }
}
