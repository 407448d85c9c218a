using System.Text;
using System.Text.Json.Nodes;
using ChaosBench.Server.Tokenization;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Tokenization;

/// <summary>A tokenizer.json made by hand: 256 bytes, a few merges, one special token; and what Hugging Face's library makes of it.</summary>
internal static class TinyTokenizer
{
    public const string Special = "<|end|>";

    public static JsonNode Vectors { get; } = JsonNode.Parse(File.ReadAllText(Path.Combine(
        Repository.Root, "tests", "ChaosBench.Tests", "Server", "Tokenization", "huggingface-vectors.json")))!;

    public static Tokenizer Create(string preTokenizer = "gpt2") => Parse(Json(preTokenizer));

    public static Tokenizer Parse(JsonNode json) => TokenizerFile.Parse("tokenizer.json", Encoding.UTF8.GetBytes(json.ToJsonString()));

    public static JsonObject Json(string preTokenizer = "gpt2")
    {
        var vocab = new JsonObject();
        for (var b = 0; b < 256; b++)
        {
            vocab[ByteAlphabet.ToCharacter((byte)b).ToString()] = b;
        }

        var merges = Vectors["merges"]!.AsArray().Select(m => m!.GetValue<string>()).ToArray();
        foreach (var merge in merges)
        {
            vocab.TryAdd(merge.Replace(" ", "", StringComparison.Ordinal), vocab.Count);
        }

        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(new JsonObject { ["id"] = vocab.Count, ["content"] = Special, ["special"] = true }),
            ["normalizer"] = null,
            ["pre_tokenizer"] = Vectors["preTokenizers"]![preTokenizer]!.DeepClone(),
            ["post_processor"] = null,
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocab,
                ["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)m)]),
                ["ignore_merges"] = preTokenizer == "llama3",
            },
        };
    }
}
