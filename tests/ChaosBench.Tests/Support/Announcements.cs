using System.Collections.Concurrent;
using ChaosBench.Chaos;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Support;

/// <summary>Remembers what injectors announce.</summary>
internal sealed class Announcements : IAnnouncer
{
    private readonly ConcurrentQueue<(string Fault, FaultStage Stage)> _stages = new();
    private readonly ConcurrentQueue<(string Fault, string Key, UnitEvent Kind)> _units = new();

    private readonly ConcurrentQueue<string> _remarks = new();

    public IReadOnlyList<(string Fault, string Key, UnitEvent Kind)> Units => [.. _units];

    public IReadOnlyList<string> Remarks => [.. _remarks];

    public IReadOnlyList<FaultStage> StagesOf(PlannedFault fault) =>
        [.. _stages.Where(said => said.Fault == fault.Fault.Id).Select(said => said.Stage)];

    public IReadOnlyList<string> KeysOf(PlannedFault fault, UnitEvent kind) =>
        [.. _units.Where(said => said.Fault == fault.Fault.Id && said.Kind == kind).Select(said => said.Key)];

    public void Transition(PlannedFault fault, FaultStage stage, string? detail) => _stages.Enqueue((fault.Fault.Id, stage));

    public void Unit(PlannedFault fault, string key, UnitEvent kind) => _units.Enqueue((fault.Fault.Id, key, kind));

    public void Remark(string text) => _remarks.Enqueue(text);
}
