using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Models;

/// <summary><c>model.logits_nan</c>: the model computes no numbers for some requests.</summary>
internal sealed class LogitsNotNumbers(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer) : IInjector
{
    private static readonly FaultParameter Value = new("value", "text", "nan", "What the logits become.") { Choices = ["nan", "inf"] };

    private bool _active;

    public static FaultKind Kind { get; } = new(
        "model.logits_nan", Vantage.Server, FaultScope.Request, "model", Fidelity.Simulated,
        "The logits of a request's every step are NaN or infinite, in all replicas or in the one selected. Needs an onnx target with isolation: task.",
        "Found before sampling: a typed error for that request alone; its neighbours in the batch get their answers, and no NaN reaches a text.",
        [Value], "{ fault: model.logits_nan, share: 20%, with: { value: nan } }");

    public PlannedFault Fault { get; } = fault;

    public Task ApplyAsync(CancellationToken cancellation)
    {
        var value = Value.TextOf(Fault.Fault) == "inf" ? float.PositiveInfinity : float.NaN;
        Volatile.Write(ref _active, true);
        Each((models, replica) => models.DamageLogits(replica, (request, key) => Strikes(request, key) ? value : null));
        return Task.CompletedTask;
    }

    public Task ClearAsync(CancellationToken cancellation)
    {
        Volatile.Write(ref _active, false);
        Each((models, replica) => models.DamageLogits(replica, null));
        return Task.CompletedTask;
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) => Task.FromResult(!Volatile.Read(ref _active));

    private void Each(Action<IModelControl, int> act)
    {
        foreach (var target in targets)
        {
            var chosen = Fault.Fault.Select.ContainsKey("replica") ? ReplicaVictim.Of(Fault.Fault, seed, target.Count) : (int?)null;
            foreach (var replica in Enumerable.Range(0, target.Count).Where(replica => chosen is null || replica == chosen))
            {
                act(target.Models!, replica);
            }
        }
    }

    private bool Strikes(string request, string key)
    {
        if (!Volatile.Read(ref _active) || key.Length == 0)
        {
            return false;
        }

        announcer.Unit(Fault, request, UnitEvent.Eligible);
        if (!Fault.Hits(seed, key))
        {
            return false;
        }

        announcer.Unit(Fault, request, UnitEvent.Selected);
        announcer.Unit(Fault, request, UnitEvent.Applied);
        return true;
    }
}
