using System.Text.Json;

namespace ChaosBench.Server.Models;

/// <summary>
/// The numbers of a decoder, from <c>config.json</c>; end tokens also from <c>generation_config.json</c> and <c>genai_config.json</c>.
/// </summary>
internal sealed record ModelConfig
{
    public required int Vocabulary { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadSize { get; init; }

    public required int Context { get; init; }

    /// <summary><c>past_present_share_buffer</c> of genai_config.json; null where nothing is said, and a trial decides.</summary>
    public bool? SharesBuffer { get; init; }

    /// <summary>Tokens that end an answer.</summary>
    public required IReadOnlyList<int> EndTokens { get; init; }

    public static ModelConfig Read(string folder)
    {
        var place = Path.Combine(folder, "config.json");
        var config = JsonFile.Parse(place, JsonFile.ReadBytes(place, "layer count, heads, vocabulary and context of the model"));
        var heads = config.Get("num_attention_heads").PositiveInteger();
        var end = EndTokensOf(config);
        bool? shares = null;
        foreach (var name in (string[])["generation_config.json", "genai_config.json"])
        {
            var other = Path.Combine(folder, name);
            if (File.Exists(other))
            {
                var file = JsonFile.Parse(other, JsonFile.ReadBytes(other, "the end tokens"));
                end = end.Union(EndTokensOf(name == "genai_config.json" ? file.Find("model") : file));
                var flag = file.Find("search").Find("past_present_share_buffer");
                shares = flag.IsNull ? shares : flag.Flag(whenAbsent: false);
            }
        }

        var ends = end.ToArray();
        return new ModelConfig
        {
            Vocabulary = config.Get("vocab_size").PositiveInteger(),
            Layers = config.Get("num_hidden_layers").PositiveInteger(),
            Heads = heads,
            KeyValueHeads = Optional(config, "num_key_value_heads") ?? heads,
            HeadSize = Optional(config, "head_dim") ?? config.Get("hidden_size").PositiveInteger() / heads,
            Context = config.Get("max_position_embeddings").PositiveInteger(),
            SharesBuffer = shares,
            EndTokens = ends.Length > 0 ? ends : throw config.Find("eos_token_id").Wrong("is missing; without an end token no answer ends"),
        };
    }

    private static int? Optional(JsonFile config, string key) => config.Find(key) is { IsNull: false } found ? found.PositiveInteger() : null;

    private static IEnumerable<int> EndTokensOf(JsonFile config)
    {
        var found = config.Find("eos_token_id");
        return found.IsNull ? [] : found.Kind == JsonValueKind.Array ? found.Items().Select(i => i.Integer()) : [found.Integer()];
    }
}
