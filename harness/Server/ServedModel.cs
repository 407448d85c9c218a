using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;
using ChaosBench.Server.Tokenization;
using ChaosBench.Server.Workers;

namespace ChaosBench.Server;

/// <summary>What a server needs of a model; the seam where tests put a model of their own.</summary>
/// <param name="MaxContext">Positions of one request, prompt and answer together.</param>
/// <param name="Encode">Messages or prompt to tokens; throws <see cref="RequestRefusedException"/> for what the model cannot take.</param>
internal sealed record ServedModel(
    ModelIdentity Identity, int MaxContext, Func<GenerationRequest, int[]> Encode, Func<int, IReplica> CreateReplica)
{
    private const int BeatsInSilence = 10;

    /// <summary>Gives the embeddings; null for a model without them.</summary>
    public TextEncoder? Encoder { get; init; }

    /// <exception cref="ModelLoadException">The folder cannot be served.</exception>
    public static ServedModel Load(ServerOptions options, TimeProvider time)
    {
        var folder = ModelFolder.Load(options.Model, options.Device);
        var context = Math.Min(options.MaxContext ?? folder.MaxContext, folder.MaxContext);
        var replica = new ReplicaOptions
        {
            Slots = options.MaxBatch,
            MaxContext = context,
            MaxQueue = options.MaxBatch,
        };
        return new ServedModel(folder.Identity, context, Encode, index => options.Isolation switch
        {
            ReplicaIsolation.Task => folder.CreateReplica(index, replica),
            ReplicaIsolation.Process => new WorkerReplica(Spec(index), time),
            _ => throw new System.Diagnostics.UnreachableException(),
        })
        {
            Encoder = DecoderEmbedding.Load(options.Model, folder, options.Replicas),
        };

        // Ten beats within the silence: one that is late on a busy machine costs nothing.
        WorkerSpec Spec(int index) => new(
            new WorkerStart(Path.GetFullPath(options.Model), folder.Identity.Device, index, replica),
            folder.PositionsOf(replica), folder.Vocabulary, options.WorkerSilence / BeatsInSilence, BeatsInSilence);

        int[] Encode(GenerationRequest request)
        {
            try
            {
                return request.Prompt is { } prompt ? folder.EncodePrompt(prompt) : folder.EncodeChat(request.Messages);
            }
            catch (ChatTemplateException refusal)
            {
                throw new RequestRefusedException(refusal.Message);
            }
        }
    }
}

/// <summary>The request is at fault; the message is for the caller.</summary>
internal sealed class RequestRefusedException(string message) : Exception(message);
