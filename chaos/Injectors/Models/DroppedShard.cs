using ChaosBench.Chaos.Models;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Models;

/// <summary><c>model.dropped_shard</c>: a part of the checkpoint is not there.</summary>
internal sealed class DroppedShard(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer)
    : ModelFault(fault, seed, targets, announcer)
{
    public static FaultKind Kind { get; } = Entry(
        "model.dropped_shard",
        "One replica is restarted from a checkpoint of which a part is missing: a file of external data; of a model in one file, the second half.",
        "The replica says what is missing and does not serve; the others do, and a good version is brought back.", "");

    public override string? RefusalOf(string folder) => null;

    protected override string Damage(string original, DamagedCopy copy)
    {
        var parts = Directory.EnumerateFiles(copy.Folder).Where(DamagedCopy.IsGraph).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToList();
        if (parts.Where(part => part != "model.onnx").ToList() is { Count: > 0 } external)
        {
            var dropped = Random.Pick(external);
            File.Delete(copy.Own(dropped));
            return $"{dropped} is missing";
        }

        using var file = new FileStream(copy.Own("model.onnx"), FileMode.Open, FileAccess.Write);
        file.SetLength(file.Length / 2);
        return "the second half of model.onnx is missing";
    }
}
