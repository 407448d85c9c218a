using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>What may stand under <c>targets:</c>.</summary>
internal static class TargetKeys
{
    private static readonly Key<string> OnnxType = new(
        "type", Scalars.Choice("the type of this target", ("onnx", "onnx")), "A model folder served inside this process.")
        { Default = "onnx" };

    private static readonly Key<string> ModelFolder = new(
        "model", Scalars.Path, "Folder with model.onnx, tokenizer.json and config.json, relative to this file's folder.")
        { Required = true, Example = "scenarios/models/triage-v1" };

    private static readonly Key<int> Replicas = new(
        "replicas", Scalars.Count(1, 64), "Copies of the model behind the router, 1 to 64.") { Default = "2" };

    private static readonly Key<string> Device = new(
        "device", Scalars.PlainText("a device", "auto, cpu, cuda or cuda:0", "^(auto|cpu|cuda(:[0-9]{1,2})?)$"),
        "auto takes a GPU when there is one; cpu, cuda or cuda:N insist.") { Default = "auto" };

    private static readonly Key<ReplicaIsolation> Isolation = new(
        "isolation", Scalars.Choice("an isolation", ("task", ReplicaIsolation.Task), ("process", ReplicaIsolation.Process)),
        "task: replicas are threads of this process. process: each is a worker process that can really be killed and frozen.")
        { Default = "task" };

    private static readonly Key<int> MaxBatch = new(
        "maxBatch", Scalars.Count(1, 256), "Sequences decoded together in one replica.") { Default = "16" };

    private static readonly Key<int> QueueLimit = new(
        "queueLimit", Scalars.Count(1, 100_000), "Waiting requests per server before new ones get 429.") { Default = "256" };

    private static readonly Key<Target.GuardrailPolicy> Guards = new(
        "guardrails", GuardrailKeys.Table, "What the server does about the text of a request before inference.")
        { Default = "{}", Example = "{ control: refuse }" };

    private static readonly Table<Target> Onnx = new(
        "onnxTarget", "an onnx target", "A model folder served inside this process.",
        [OnnxType, ModelFolder, Replicas, Device, Isolation, MaxBatch, QueueLimit, StoreKeys.ContextStore, Guards,
            OpenAiKeys.RequestTimeout],
        keys =>
        {
            keys.Get(OnnxType);
            return new Target.Onnx
            {
                Name = "",
                Model = keys.Get(ModelFolder),
                Replicas = keys.Get(Replicas),
                Device = keys.Get(Device),
                Isolation = keys.Get(Isolation),
                MaxBatch = keys.Get(MaxBatch),
                QueueLimit = keys.Get(QueueLimit),
                ContextStore = keys.Get(StoreKeys.ContextStore)?.Store,
                Guardrails = keys.Get(Guards),
                RequestTimeout = keys.Get(OpenAiKeys.RequestTimeout),
            };
        });

    public static Kind<Target> Kind { get; } = new Union<Target>("a target", Choose, Onnx, OpenAiKeys.Table);

    /// <summary>By type; without one, a url makes it an openai target.</summary>
    private static Table<Target>? Choose(MapNode map, Reading reading)
    {
        if (map.Find("type") is not { } type)
        {
            return map.Find("url") is null ? Onnx : OpenAiKeys.Table;
        }

        switch (type)
        {
            case Scalar { Text: "onnx" }:
                return Onnx;
            case Scalar { Text: "openai" }:
                return OpenAiKeys.Table;
            default:
                reading.Report(type.Place, $"{type.Noun} is no type of target",
                    "write onnx (a model folder) or openai (an HTTP endpoint)");
                return null;
        }
    }
}
