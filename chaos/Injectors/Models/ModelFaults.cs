using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Models;

/// <summary>The faults on what replicas serve: the one place that knows them all.</summary>
internal static class ModelFaults
{
    private delegate IInjector Make(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer);

    private static readonly (FaultKind Kind, Make Make)[] Known =
    [
        (WeightBitFlip.Kind, (fault, seed, targets, announcer) => new WeightBitFlip(fault, seed, targets, announcer)),
        (DroppedShard.Kind, (fault, seed, targets, announcer) => new DroppedShard(fault, seed, targets, announcer)),
        (WrongQuantization.Kind, (fault, seed, targets, announcer) => new WrongQuantization(fault, seed, targets, announcer)),
        (StaleVersion.Kind, (fault, seed, targets, announcer) => new StaleVersion(fault, seed, targets, announcer)),
        (WrongTokenizer.Kind, (fault, seed, targets, announcer) => new WrongTokenizer(fault, seed, targets, announcer)),
        (LogitsNotNumbers.Kind, (fault, seed, targets, announcer) => new LogitsNotNumbers(fault, seed, targets, announcer)),
    ];

    public static IReadOnlyList<FaultKind> Catalogue { get; } = [.. Known.Select(known => known.Kind)];

    public static bool Handles(string kind) => Known.Any(known => known.Kind.Name == kind);

    /// <exception cref="FaultRefusedException">A target cannot carry it; the message says why and what to do.</exception>
    public static IInjector Create(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer)
    {
        if (targets.Any(target => target.Models is null))
        {
            throw Refused(fault, "needs replicas whose model can be replaced; use a target of type onnx");
        }

        if (fault.Fault.Share.Value < 1 && fault.Fault.Kind != LogitsNotNumbers.Kind.Name)
        {
            throw Refused(fault, "acts on one replica and has no coin; leave share out");
        }

        var injector = Known.First(known => known.Kind.Name == fault.Fault.Kind).Make(fault, seed, targets, announcer);
        foreach (var models in targets.Select(target => target.Models!))
        {
            if (RefusalOf(injector, models) is { } why)
            {
                throw Refused(fault, why);
            }
        }

        return injector;
    }

    private static string? RefusalOf(IInjector injector, IModelControl models)
    {
        try
        {
            return injector is ModelFault damage
                ? File.Exists(Path.Combine(models.Folder, "model.onnx")) ? damage.RefusalOf(models.Folder) : null
                : models.LogitsRefusal;
        }
        catch (Exception flaw) when (flaw is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return $"cannot read the model that it damages: {flaw.Message}";
        }
    }

    private static FaultRefusedException Refused(PlannedFault fault, string why) => new($"{fault.Fault.Id} ({fault.Fault.Kind}) {why}.");
}
