using System.Text.Json.Nodes;
using ChaosBench.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Models;

/// <summary>A folder with a graph of <c>Growing/</c> (made by scenarios/models/training/growing.py) and the reference's files.</summary>
internal sealed class GrowingModel : IDisposable
{
    private GrowingModel()
    {
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("chaosbench-growing-").FullName;

    public static string Fixture(string name) => Repository.Path("tests", "ChaosBench.Tests", "Server", "Models", "Growing", name);

    /// <summary>The weights are external data, in the file that is the reference's graph.</summary>
    public static GrowingModel OfTriage(string graph)
    {
        var (model, triage) = (new GrowingModel(), TriageModel.RequireFolder());
        File.Copy(Fixture($"{graph}.onnx"), model.Of("model.onnx"));
        File.Copy(Path.Combine(triage, "model.onnx"), model.Of("model.onnx.data"));
        model.CopyFromTriage("config.json", "tokenizer.json", "tokenizer_config.json");
        return model;
    }

    /// <summary>The reference itself, with another word on its buffers; null takes the word away.</summary>
    public static GrowingModel OfReference(bool? shares)
    {
        var model = new GrowingModel();
        model.CopyFromTriage("model.onnx", "config.json", "tokenizer.json", "tokenizer_config.json", "genai_config.json");
        model.Edit("genai_config.json", config => config["search"]!["past_present_share_buffer"] = shares);
        return model;
    }

    /// <summary>The reference in f16 and nothing else, which the CPU serves too.</summary>
    public static GrowingModel OfHalf()
    {
        var model = new GrowingModel();
        model.CopyFromTriage("model.f16.onnx", "config.json", "tokenizer.json", "tokenizer_config.json", "genai_config.json");
        return model;
    }

    /// <summary>One layer of random weights with two query heads to a key head.</summary>
    public static GrowingModel OfGrouped(string graph)
    {
        var model = new GrowingModel();
        File.Copy(Fixture($"{graph}.onnx"), model.Of("model.onnx"));
        File.Copy(Fixture("grouped-shared.onnx"), model.Of("model.onnx.data"));
        model.CopyFromTriage("config.json", "tokenizer.json", "tokenizer_config.json");
        model.Edit("config.json", config =>
        {
            (config["num_hidden_layers"], config["num_key_value_heads"]) = (1, 2);
            (config["head_dim"], config["max_position_embeddings"]) = (16, 256);
        });
        return model;
    }

    public ModelFolder Load() => ModelFolder.Load(Folder, "cpu");

    public string Of(string file) => Path.Combine(Folder, file);

    public void Edit(string file, Action<JsonNode> edit)
    {
        var content = JsonNode.Parse(File.ReadAllText(Of(file)))!;
        edit(content);
        File.WriteAllText(Of(file), content.ToJsonString());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void CopyFromTriage(params string[] files)
    {
        foreach (var file in files)
        {
            File.Copy(Path.Combine(TriageModel.RequireFolder(), file), Of(file));
        }
    }
}
