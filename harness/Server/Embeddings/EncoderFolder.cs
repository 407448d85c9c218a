using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ChaosBench.Server.Models;
using ChaosBench.Server.Tokenization;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Embeddings;

/// <summary>
/// A folder whose <c>model.onnx</c> is an encoder: <c>config.json</c>, <c>tokenizer.json</c> or <c>vocab.txt</c>, and what
/// sentence-transformers adds (<c>modules.json</c>, <c>1_Pooling/config.json</c>, <c>sentence_bert_config.json</c>).
/// </summary>
public static class EncoderFolder
{
    /// <summary>Null when the graph has a cache, which makes it a decoder.</summary>
    /// <param name="folder">As the user wrote it.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c> or <c>cuda[:n]</c>.</param>
    /// <param name="places">Calls of the graph at the same time, at least 1.</param>
    /// <exception cref="ModelLoadException">Something is missing, unreadable or not of the supported form.</exception>
    public static TextEncoder? TryLoad(string folder, string device, int places)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(places, 1);
        var graph = Path.Combine(folder, "model.onnx");
        if (SaysDecoder(folder))
        {
            return null;
        }

        if (!File.Exists(graph))
        {
            throw new ModelLoadException(graph, "is missing; it holds the model as an ONNX graph");
        }

        var (resolved, note) = DeviceChoice.Parse(device).ResolveEncoder(graph);
        var session = SessionFactory.Open(graph, resolved, threads: 1);
        try
        {
            if (EncoderInterface.IsDecoder(session))
            {
                session.Dispose();
                return null;
            }

            return Load(folder, graph, session, (resolved, note), places);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The folder's graph can be opened and has no cache: it writes no text.</summary>
    public static bool IsEncoder(string folder)
    {
        try
        {
            var graph = Path.Combine(folder, "model.onnx");
            if (SaysDecoder(folder) || !File.Exists(graph))
            {
                return false;
            }

            using var session = SessionFactory.Open(graph, "cpu", threads: 1);
            return !EncoderInterface.IsDecoder(session);
        }
        catch (ModelLoadException)
        {
            return false;
        }
    }

    /// <summary>Spares a large decoder from being loaded only to be looked at.</summary>
    private static bool SaysDecoder(string folder)
    {
        var place = Path.Combine(folder, "config.json");
        var names = JsonFile.Parse(place, JsonFile.ReadBytes(place, "what kind of model this is")).Find("architectures");
        return !names.IsNull && names.Items().Any(name => name.Text().EndsWith("ForCausalLM", StringComparison.Ordinal));
    }

    private static TextEncoder Load(
        string folder, string graph, InferenceSession session, (string Name, string? Note) device, int places)
    {
        var tensors = EncoderInterface.Read(graph, session);
        var place = Path.Combine(folder, "config.json");
        var config = JsonFile.Parse(place, JsonFile.ReadBytes(place, "layer count, heads, vocabulary and context of the model"));
        var (tokenize, tokenizer, size) = ReadTokenizer(folder);
        var vocabulary = config.Get("vocab_size").PositiveInteger();
        if (size > vocabulary)
        {
            throw new ModelLoadException(
                tokenizer, $"has ids up to {size - 1:N0}, config.json says vocab_size {vocabulary:N0}; the two are not of the same model");
        }

        var encoder = new EncoderGraph(graph, session, tensors, HeadOf(folder, tensors, config));
        encoder.WarmUp();
        var identity = new ModelIdentity
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            ModelSha256 = Hash(graph),
            TokenizerSha256 = Hash(tokenizer),
            Vocabulary = vocabulary,
            Layers = config.Get("num_hidden_layers").PositiveInteger(),
            Heads = config.Get("num_attention_heads").PositiveInteger(),
            Context = Math.Min(config.Get("max_position_embeddings").PositiveInteger(), TrainedLength(folder)),
            RuntimeVersion = OrtEnv.Instance().GetVersionString(),
            Device = device.Name,
            DeviceNote = device.Note,
        };
        return new TextEncoder(identity, encoder, tokenize, places) { Labels = tensors.IsClassifier ? LabelsOf(config, tensors.Width) : [] };
    }

    private static OutputHead HeadOf(string folder, EncoderInterface tensors, JsonFile config)
    {
        if (tensors.IsClassifier)
        {
            var kind = config.Find("problem_type") is { IsNull: false } found ? found.Text() : "";
            var scale = kind switch
            {
                "regression" => Scale.None,
                "multi_label_classification" => Scale.Sigmoid,
                _ => tensors.Width == 1 ? Scale.Sigmoid : Scale.Softmax,
            };
            return new OutputHead(Pooling.None, scale);
        }

        return new OutputHead(tensors.PerToken ? ReadPooling(folder) : Pooling.None, IsUnitLength(folder) ? Scale.UnitLength : Scale.None);
    }

    private static Pooling ReadPooling(string folder)
    {
        const string prefix = "pooling_mode_";
        var place = Path.Combine(folder, "1_Pooling", "config.json");
        if (!File.Exists(place))
        {
            return Pooling.Mean;
        }

        var file = JsonFile.Parse(place, JsonFile.ReadBytes(place, "how the vectors of the tokens become one"));
        var modes = file.Entries().Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal) && entry.Value.Flag(whenAbsent: false))
            .Select(entry => entry.Name[prefix.Length..]).ToArray();
        return modes switch
        {
            ["cls_token"] => Pooling.First,
            ["mean_tokens"] => Pooling.Mean,
            ["max_tokens"] => Pooling.Max,
            _ => throw file.Wrong("asks for another pooling than exactly one of cls_token, mean_tokens and max_tokens"),
        };
    }

    /// <summary>As the makers say it in <c>modules.json</c>; without that file, yes, because clients of this API expect it.</summary>
    private static bool IsUnitLength(string folder)
    {
        var place = Path.Combine(folder, "modules.json");
        return !File.Exists(place) || JsonFile.Parse(place, JsonFile.ReadBytes(place, "the steps of the model")).Items()
            .Any(module => module.Get("type").Text().EndsWith(".Normalize", StringComparison.Ordinal));
    }

    /// <summary>The length that sentence-transformers cuts at. Here a longer text is refused, not cut: half a text has another meaning.</summary>
    private static int TrainedLength(string folder)
    {
        var place = Path.Combine(folder, "sentence_bert_config.json");
        return File.Exists(place)
            && JsonFile.Parse(place, JsonFile.ReadBytes(place, "the longest text")).Find("max_seq_length") is { IsNull: false } length
                ? length.PositiveInteger()
                : int.MaxValue;
    }

    private static string[] LabelsOf(JsonFile config, int width)
    {
        var names = config.Find("id2label");
        if (names.IsNull)
        {
            return [.. Enumerable.Range(0, width).Select(index => $"LABEL_{index}")];
        }

        var labels = names.Entries().ToDictionary(entry => entry.Name, entry => entry.Value.Text(), StringComparer.Ordinal);
        return [.. Enumerable.Range(0, width).Select(index => labels.TryGetValue(FormattableString.Invariant($"{index}"), out var label)
            ? label
            : throw names.Wrong($"lacks label {index}; the graph has {width}"))];
    }

    private static (Func<string, int[]> Tokenize, string Place, int Size) ReadTokenizer(string folder)
    {
        var place = Path.Combine(folder, "tokenizer.json");
        var words = Path.Combine(folder, "vocab.txt");
        if (!File.Exists(place) && File.Exists(words))
        {
            var old = WordPieceFile.ParseVocabulary(words, JsonFile.ReadBytes(words, "the vocabulary"), LowerCase(folder));
            return (old.Encode, words, old.Vocabulary);
        }

        var content = JsonFile.ReadBytes(place, "the tokenizer (or vocab.txt, its older form)");
        var root = JsonFile.Parse(place, content);
        if (WordPieceFile.IsWordPiece(root))
        {
            var pieces = WordPieceFile.Parse(root);
            return (pieces.Encode, place, pieces.Vocabulary);
        }

        var tokenizer = TokenizerFile.Parse(place, content);
        return (Encode, place, tokenizer.Vocabulary);

        int[] Encode(string text)
        {
            try
            {
                return tokenizer.EncodePrompt(text);
            }
            catch (RegexMatchTimeoutException e)
            {
                throw new RequestRefusedException($"takes the tokenizer's pattern more than {e.MatchTimeout.TotalSeconds} s.");
            }
        }
    }

    private static bool LowerCase(string folder)
    {
        var place = Path.Combine(folder, "tokenizer_config.json");
        return !File.Exists(place)
            || JsonFile.Parse(place, JsonFile.ReadBytes(place, "do_lower_case")).Find("do_lower_case").Flag(whenAbsent: true);
    }

    private static string Hash(string place)
    {
        using var stream = File.OpenRead(place);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
