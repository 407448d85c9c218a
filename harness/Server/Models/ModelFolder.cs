using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ChaosBench.Server.Models.Devices;
using ChaosBench.Server.Scheduling;
using ChaosBench.Server.Tokenization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ChaosBench.Server.Models;

/// <summary>A folder with <c>model.onnx</c>, <c>config.json</c> and tokenizer files, checked and ready to make replicas.</summary>
/// <remarks>Safe for any number of threads.</remarks>
public sealed class ModelFolder
{
    // A slot of 2,048 positions of the reference model is 8 MB; longer contexts are asked for by option.
    private const int DefaultPositions = 2048;

    private readonly RunnerFactory _runners;

    private ModelFolder(RunnerFactory runners, ModelConfig config, Tokenizer tokenizer, ChatTemplate? template, ModelIdentity identity)
    {
        _runners = runners;
        EndTokens = config.EndTokens.ToHashSet();
        Tokenizer = tokenizer;
        ChatTemplate = template;
        Identity = identity;
    }

    public Tokenizer Tokenizer { get; }

    /// <summary>Null when the folder has none: only raw prompts are served then.</summary>
    public ChatTemplate? ChatTemplate { get; }

    public ModelIdentity Identity { get; }

    /// <summary>Positions that the model was made for.</summary>
    public int MaxContext => Identity.Context;

    internal IReadOnlySet<int> EndTokens { get; }

    internal int Vocabulary => Identity.Vocabulary;

    /// <summary>Reads and checks everything once, including a first load of the graph and a first step.</summary>
    /// <exception cref="ModelLoadException">Something is missing, unreadable or not of the supported form.</exception>
    /// <exception cref="ArgumentException">The device is not auto, cpu, cuda or cuda:N.</exception>
    public static ModelFolder Load(string folder, string device = "auto") => Load(folder, device, memory: null);

    /// <inheritdoc cref="Load(string, string)"/>
    /// <param name="memory">Makes the memory of each runner; the device's own when absent.</param>
    internal static ModelFolder Load(string folder, string device, Func<IDeviceMemory>? memory)
    {
        var choice = DeviceChoice.Parse(device);
        if (!Directory.Exists(folder))
        {
            throw new ModelLoadException(folder, "is not a folder; name one that holds model.onnx, config.json and tokenizer.json");
        }

        var config = ModelConfig.Read(folder);
        var place = Path.Combine(folder, "tokenizer.json");
        var content = JsonFile.ReadBytes(place, "the byte-level BPE tokenizer");
        var tokenizer = TokenizerFile.Parse(place, content);
        if (tokenizer.Vocabulary > config.Vocabulary)
        {
            throw new ModelLoadException(
                place,
                $"has ids up to {tokenizer.Vocabulary - 1:N0}, config.json says vocab_size {config.Vocabulary:N0}; the two are not of the same model");
        }

        var (graph, resolved, note) = GraphChoice.Make(
            folder, choice, index => CudaProvider.Find(index, out _), file => ReadDecoder(file, "cpu", config).CacheType == TensorElementType.Float16);
        var template = ReadTemplate(folder);
        var runners = new RunnerFactory(
            graph, ReadDecoder(graph, resolved, config), resolved, session => memory?.Invoke() ?? SessionFactory.MemoryOf(graph, resolved, session));
        var form = runners.Find(config.SharesBuffer, config.Context);
        var identity = new ModelIdentity
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            ModelSha256 = Hash(GraphFiles(graph)),
            TokenizerSha256 = Hash([place]),
            Vocabulary = config.Vocabulary,
            Layers = config.Layers,
            Heads = config.Heads,
            Context = config.Context,
            RuntimeVersion = OrtEnv.Instance().GetVersionString(),
            Device = resolved,
            DeviceNote = note,
        };
        return new ModelFolder(runners, config, tokenizer, template, identity) { Form = form };
    }

    /// <exception cref="ChatTemplateException">The template or the tokenizer refuses these messages, or the folder has no template.</exception>
    public int[] EncodeChat(IReadOnlyList<ChatTurn> messages) => ChatTemplate is null
        ? throw new ChatTemplateException($"the model '{Identity.Name}' has no chat template; send a raw prompt to /v1/completions")
        : Bounded(() => Tokenizer.Encode(ChatTemplate.Render(messages)));

    /// <exception cref="ChatTemplateException">The tokenizer refuses the prompt.</exception>
    public int[] EncodePrompt(string prompt) => Bounded(() => Tokenizer.EncodePrompt(prompt));

    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <param name="time">Of the replica's signs of life; the system's when absent.</param>
    public IReplica CreateReplica(int index, ReplicaOptions options, TimeProvider? time = null) =>
        new Replica(this, index, options, time ?? TimeProvider.System);

    internal int PositionsOf(ReplicaOptions options) => Math.Min(MaxContext, options.MaxContext ?? DefaultPositions);

    internal CacheForm Form { get; private init; }

    /// <inheritdoc cref="RunnerFactory.Create"/>
    internal IDecoderRunner CreateRunner(ReplicaOptions options) =>
        _runners.Create(Form, new RunnerSizes(options.Slots, PositionsOf(options), options.PrefillChunk, options.KeptPrefixes), options.Threads, options.CudaGraphs);

    private static DecoderInterface ReadDecoder(string graph, string device, ModelConfig config)
    {
        using var session = SessionFactory.Open(graph, device, threads: 1);
        return DecoderInterface.Read(graph, session, config);
    }

    private static int[] Bounded(Func<int[]> encode)
    {
        try
        {
            return encode();
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new ChatTemplateException($"the tokenizer's pattern takes more than {e.MatchTimeout.TotalSeconds} s on this text");
        }
    }

    private static ChatTemplate? ReadTemplate(string folder)
    {
        var place = Path.Combine(folder, "tokenizer_config.json");
        if (!File.Exists(place))
        {
            return null;
        }

        var config = JsonFile.Parse(place, JsonFile.ReadBytes(place, "the chat template"));
        var specials = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in (string[])["bos_token", "eos_token", "pad_token", "unk_token"])
        {
            var value = config.Find(name);
            // Either a text or an object that carries it.
            var text = value.Kind == System.Text.Json.JsonValueKind.Object ? value.Get("content") : value;
            if (!text.IsNull)
            {
                specials[name] = text.Text();
            }
        }

        var jinja = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(jinja))
        {
            return ChatTemplate.Parse(jinja, System.Text.Encoding.UTF8.GetString(JsonFile.ReadBytes(jinja, "the chat template")), specials);
        }

        var template = config.Find("chat_template");
        return template.IsNull ? null : ChatTemplate.Parse($"{place}: chat_template", template.Text(), specials);
    }

    /// <summary>The graph and its external data (<c>model.onnx.data</c>, <c>model.onnx_data</c>, ...).</summary>
    private static IEnumerable<string> GraphFiles(string graph) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(graph)!, Path.GetFileName(graph) + "*").Order(StringComparer.Ordinal);

    private static string Hash(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        foreach (var file in files)
        {
            using var stream = File.OpenRead(file);
            for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            {
                hash.AppendData(buffer, 0, read);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
