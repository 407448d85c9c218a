using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Http;

namespace ChaosBench.Server.Versions;

/// <summary>One version of a model behind a face: its name, its replicas and its counters.</summary>
public sealed class ServedVersion
{
    private ServedVersion(FaceModel model)
    {
        Model = model;
        Id = model.Identity.Name;
    }

    /// <summary>What replies and metrics call it: <c>stable</c> or <c>canary</c>; null where there is no other.</summary>
    public string? Label { get; private init; }

    /// <summary>Its model id: a client that writes it gets this version.</summary>
    public string Id { get; private init; }

    internal FaceModel Model { get; }

    internal HttpMetrics Metrics { get; } = new();

    /// <summary>As OpenAI has it: changes when the weights change.</summary>
    internal string Fingerprint => "fp_" + Model.Identity.ModelSha256[..Math.Min(10, Model.Identity.ModelSha256.Length)];

    public static ServedVersion Of(ModelServer server) => new(new FaceModel(server, server.Encoder));

    /// <summary>An encoder alone.</summary>
    public static ServedVersion Of(TextEncoder encoder) => new(new FaceModel(null, encoder));

    internal ServedVersion Labelled(string label, string id) => new(Model) { Label = label, Id = id };
}
