using ChaosBench.Chaos.Models;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Models;

/// <summary><c>model.stale_version</c>: one replica of several serves another version than the rest.</summary>
internal sealed class StaleVersion(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer)
    : ModelFault(fault, seed, targets, announcer)
{
    private static readonly FaultParameter Model = new("model", "text", null, "Folder of the other version.");

    public static FaultKind Kind { get; } = Entry(
        "model.stale_version", "One replica serves another version of the model than the rest, as after a rollout that did not reach it.",
        "Every answer tells its version, the mixture shows, and the replica that is behind is replaced.", "model: models/old", Model);

    private string Folder => Fault.Fault.With[Model.Name];

    public override string? RefusalOf(string folder) =>
        !File.Exists(Path.Combine(Folder, "model.onnx")) ? $"finds no model.onnx in '{Folder}'; name the folder of the other version"
        : Path.GetFullPath(Folder) == Path.GetFullPath(folder) ? "names the model that the target serves anyhow; name another version"
        : null;

    protected override string SourceOf(string original) => Folder;

    protected override string Damage(string original, DamagedCopy copy) =>
        $"serves {Path.GetFileName(Path.TrimEndingDirectorySeparator(Folder))}";
}
