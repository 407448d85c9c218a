using ChaosBench.Chaos.Models;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Models;

/// <summary>
/// What the faults on a model share: one replica ends and comes back with a damaged copy of the model, and when the window ends with the
/// original. A canary, asked before, tells afterwards whether it is really the original again.
/// </summary>
internal abstract class ModelFault(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer) : IInjector
{
    /// <summary>A model is loaded twice, and by the largest ones that takes its time.</summary>
    private static readonly TimeSpan LoadLimit = TimeSpan.FromMinutes(2);

    private readonly Dictionary<IReplicaControl, string?> _canaries = [];
    private readonly List<DamagedCopy> _copies = [];
    private readonly List<string> _said = [];

    public PlannedFault Fault { get; } = fault;

    public TimeSpan HealLimit => Timeline.FaultTimeline.HealLimit + LoadLimit;

    public string? Detail => _said.Count == 0 ? null : string.Join("; ", _said);

    /// <summary>Draws the damage: the same for the same seed and fault.</summary>
    protected SplitMix64 Random => KeyedHash.Stream(seed, Fault.Fault.Id, "damage");

    /// <summary>Why this model cannot carry the fault, continuing "model.stale_version ..."; null where it can. Before anything runs.</summary>
    public abstract string? RefusalOf(string folder);

    /// <summary>The folder that is copied.</summary>
    protected virtual string SourceOf(string original) => original;

    /// <summary>Damages the copy, and says what was done in a few words.</summary>
    protected abstract string Damage(string original, DamagedCopy copy);

    public async Task ApplyAsync(CancellationToken cancellation)
    {
        _said.Clear();
        foreach (var target in targets)
        {
            var (victim, models) = (Victim(target), target.Models!);
            for (var replica = 0; replica < target.Count; replica++)
            {
                announcer.Unit(Fault, ReplicaVictim.Key(replica), UnitEvent.Eligible);
            }

            announcer.Unit(Fault, ReplicaVictim.Key(victim), UnitEvent.Selected);
            var before = await models.CanaryAsync(victim, cancellation).ConfigureAwait(false);
            _canaries[target] = before;
            var copy = new DamagedCopy(SourceOf(models.Folder), Fault.Fault.Id);
            _copies.Add(copy);
            var what = Damage(models.Folder, copy);
            var trouble = await models.LoadAsync(victim, copy.Folder, cancellation).ConfigureAwait(false);
            announcer.Unit(Fault, ReplicaVictim.Key(victim), UnitEvent.Applied);
            _said.Add($"{ReplicaVictim.Key(victim)}: {what}; {await OutcomeAsync(models, victim, before, trouble?.Replace(copy.Folder, "its copy", StringComparison.Ordinal), cancellation).ConfigureAwait(false)}");
        }
    }

    public async Task ClearAsync(CancellationToken cancellation)
    {
        foreach (var target in _canaries.Keys)
        {
            if (await target.Models!.LoadAsync(Victim(target), null, cancellation).ConfigureAwait(false) is { } trouble)
            {
                throw new FaultRefusedException($"the original model does not serve on {ReplicaVictim.Key(Victim(target))}: {trouble}");
            }
        }

        _copies.ForEach(copy => copy.Dispose());
        _copies.Clear();
    }

    public async Task<bool> VerifyHealedAsync(CancellationToken cancellation)
    {
        foreach (var (target, before) in _canaries)
        {
            var victim = Victim(target);
            if (!target.IsReady(victim) || (before is not null && await target.Models!.CanaryAsync(victim, cancellation).ConfigureAwait(false) != before))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Detected at load, silently wrong, or masked: what the literature on bit flips counts.</summary>
    private static async Task<string> OutcomeAsync(
        IModelControl models, int victim, string? before, string? trouble, CancellationToken cancellation)
    {
        if (trouble is not null)
        {
            return "it does not serve: " + trouble;
        }

        var after = await models.CanaryAsync(victim, cancellation).ConfigureAwait(false);
        return after is null ? "it serves and its canary fails"
            : after == before ? "it serves and its canary answers as before"
            : "it serves and its canary answers otherwise";
    }

    private int Victim(IReplicaControl target) => ReplicaVictim.Of(Fault.Fault, seed, target.Count);

    /// <summary>An entry of the catalogue.</summary>
    protected static FaultKind Entry(string name, string summary, string response, string with, params FaultParameter[] parameters) => new(
        name, Vantage.Server, FaultScope.Replica, "model", Fidelity.Real,
        summary + " Acts on one replica of an onnx target, and is taken back by loading the original, checked by a canary.", response, parameters,
        $"{{ fault: {name}, select: {{ replica: 1 }}{(with.Length > 0 ? $", with: {{ {with} }}" : "")}, expect: {{ recoveredWithin: 10s }} }}");
}
