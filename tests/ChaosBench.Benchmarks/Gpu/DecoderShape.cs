using System.Text.Json;

namespace ChaosBench.Benchmarks.Gpu;

/// <param name="KeyHeads">Of keys and values.</param>
/// <param name="Inner">Width between the two matrices behind the attention.</param>
internal sealed record DecoderShape(int Layers, int Width, int Heads, int KeyHeads, int Inner, int Vocabulary)
{
    /// <summary>As the folder's <c>config.json</c> says.</summary>
    public static DecoderShape Read(string folder)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        var config = file.RootElement;
        return new DecoderShape(
            Of("num_hidden_layers"), Of("hidden_size"), Of("num_attention_heads"), Of("num_key_value_heads"), Of("intermediate_size"), Of("vocab_size"));

        int Of(string name) => config.GetProperty(name).GetInt32();
    }
}
