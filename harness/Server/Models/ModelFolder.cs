using ChaosBench.Server.Scheduling;
using ChaosBench.Server.Tokenization;

namespace ChaosBench.Server.Models;

/// <summary>A folder with <c>model.onnx</c>, <c>config.json</c> and tokenizer files, checked and ready to make replicas.</summary>
public sealed class ModelFolder
{
    internal ModelFolder(Tokenizer tokenizer, ChatTemplate? chatTemplate, ModelIdentity identity)
    {
        Tokenizer = tokenizer;
        ChatTemplate = chatTemplate;
        Identity = identity;
    }

    public Tokenizer Tokenizer { get; }

    /// <summary>Null when the folder has none: only raw prompts are served then.</summary>
    public ChatTemplate? ChatTemplate { get; }

    public ModelIdentity Identity { get; }

    /// <summary>Positions that the model was made for.</summary>
    public int MaxContext => Identity.Context;

    /// <summary>Reads and checks everything once, including a first load of the graph.</summary>
    /// <exception cref="ModelLoadException">Something is missing, unreadable or not of the supported form.</exception>
    public static ModelFolder Load(string folder, string device = "auto") => throw new NotImplementedException();

    /// <exception cref="ChatTemplateException">The template refuses these messages, or the folder has none.</exception>
    public int[] EncodeChat(IReadOnlyList<ChatTurn> messages) => throw new NotImplementedException();

    public int[] EncodePrompt(string prompt) => throw new NotImplementedException();

    public IReplica CreateReplica(int index, ReplicaOptions options) => throw new NotImplementedException();
}
