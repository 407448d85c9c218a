using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
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
    /// <summary>For what requests leave open.</summary>
    public GenerationDefaults Defaults { get; init; } = GenerationDefaults.OpenAi;

    private const int BeatsInSilence = 10;

    /// <summary>Knows the embeddings' form, reads their inputs and, for replicas of this process, computes them; null for a model without them.</summary>
    public TextEncoder? Encoder { get; init; }

    /// <summary>What an encoder's folder lacks to be a decoder is not what is wrong with it.</summary>
    private static ModelFolder LoadDecoder(ServerOptions options)
    {
        try
        {
            return ModelFolder.Load(options.Model, options.Device);
        }
        catch (ModelLoadException problem) when (EncoderFolder.IsEncoder(options.Model))
        {
            throw new ModelLoadException(
                options.Model,
                "is an encoder, which gives embeddings or labels and writes no text; name a folder with a decoder here, or serve this one "
                + "by itself with 'chaosbench serve'",
                problem);
        }
    }

    /// <exception cref="ModelLoadException">The folder cannot be served.</exception>
    /// <param name="foreign">For a replica among others that serve another model: it reads requests with its own tokenizer.</param>
    public static ServedModel Load(ServerOptions options, TimeProvider time, bool foreign = false)
    {
        var together = options.Isolation == ReplicaIsolation.Process ? 1 : options.Replicas + options.ReplicasBeside;
        var graphs = CudaGraphRule.Among(options.Model, options.CudaGraphs, together);
        var folder = LoadDecoder(options);
        _ = CudaGraphRule.Resolve(options.Model, graphs, folder.Identity.Device, folder.Form);
        var context = Math.Min(options.MaxContext ?? folder.MaxContext, folder.MaxContext);
        var replica = new ReplicaOptions
        {
            Slots = options.MaxBatch,
            MaxContext = context,
            MaxQueue = options.MaxBatch,
            StepLimit = options.StepLimit,
            CudaGraphs = graphs,
        };
        var encoder = DecoderEmbedding.Load(options.Model, folder, options.Replicas);
        return new ServedModel(folder.Identity, context, Encode, index => options.Isolation switch
        {
            ReplicaIsolation.Task => new Replica(folder, index, replica, time) { Encoder = encoder, Encode = foreign ? Encode : null },
            ReplicaIsolation.Process => new WorkerReplica(Spec(index), time) { Encode = foreign ? Encode : null },
            _ => throw new System.Diagnostics.UnreachableException(),
        })
        {
            Encoder = encoder,
            Defaults = options.GenerationConfig == GenerationConfig.Auto ? GenerationDefaults.Read(options.Model) : GenerationDefaults.OpenAi,
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
