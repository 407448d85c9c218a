using System.Security.Cryptography;
using ChaosBench.Server.Models;
using ChaosBench.Server.Tokenization;

namespace ChaosBench.Server.Embeddings;

/// <summary>The embeddings of a decoder: a second graph, <c>embedding.onnx</c>, in its folder.</summary>
internal static class DecoderEmbedding
{
    private const string Graph = "embedding.onnx";

    /// <summary>Null when the folder has none. A text is read as the prompt of a chat with one message of a user.</summary>
    /// <exception cref="ModelLoadException">The graph cannot be served.</exception>
    public static TextEncoder? Load(string folder, ModelFolder decoder, int places)
    {
        var place = Path.Combine(folder, Graph);
        if (!File.Exists(place))
        {
            return null;
        }

        // In f32 whatever the decoder is in, and small: it stays on the CPU.
        var session = SessionFactory.Open(place, "cpu", threads: 1);
        try
        {
            var tensors = EncoderInterface.Read(place, session);
            if (tensors.PerToken || tensors.IsClassifier)
            {
                throw new ModelLoadException(place, $"has the output '{tensors.Output}'; expected {EncoderInterface.Sentence}");
            }

            var graph = new EncoderGraph(place, session, tensors, new OutputHead(Pooling.None, Scale.UnitLength));
            graph.WarmUp();
            var identity = decoder.Identity with { ModelSha256 = Hash(place), Device = "cpu" };
            return new TextEncoder(identity, graph, text => Tokens(decoder, text), places);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static int[] Tokens(ModelFolder decoder, string text)
    {
        try
        {
            return decoder.ChatTemplate is null ? decoder.EncodePrompt(text) : decoder.EncodeChat([new ChatTurn("user", text)]);
        }
        catch (ChatTemplateException refusal)
        {
            throw new RequestRefusedException(refusal.Message);
        }
    }

    private static string Hash(string place)
    {
        using var stream = File.OpenRead(place);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
