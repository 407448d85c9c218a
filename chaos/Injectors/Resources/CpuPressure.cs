using System.Globalization;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Resources;

/// <summary><c>resource.cpu</c>: somebody else computes on this machine.</summary>
internal sealed class CpuPressure(PlannedFault fault, NodeReach reach, IAnnouncer announcer) : StressFault(fault, reach, announcer)
{
    private static readonly FaultParameter Load = new("load", "share", "80%", "Share of the time that each thread computes.") { Least = "1%", Most = "95%" };
    private static readonly FaultParameter Threads = new("threads", "count", "", "Threads that compute; left out: one fewer than the machine has cores.");

    public static FaultKind Kind { get; } = Entry(
        "resource.cpu",
        "A process of ours computes on the machine that the target shares with the run. At least one core is left over, so that the generator keeps its times; "
        + "a run whose generator was late all the same is inconclusive.",
        "The service degrades by admission: it turns some away and serves the others in time, instead of serving all late.", "load: 80%", Load, Threads);

    public override string? Refusal => Cores < 2 ? "needs a core beside the generator's, and this machine has one"
        : Count < 1 || Count > Cores - 1
            ? string.Create(CultureInfo.InvariantCulture, $"asks for {Count} threads; one core of {Cores} stays with the generator, so write 1 to {Cores - 1}")
            : null;

    protected override IReadOnlyList<string> Order =>
        ["cpu", Count.ToString(CultureInfo.InvariantCulture), Load.ShareOf(Fault.Fault).ToString(CultureInfo.InvariantCulture)];

    private static int Cores => Environment.ProcessorCount;

    private int Count => Fault.Fault.Has(Threads.Name) ? Threads.CountOf(Fault.Fault) : Cores - 1;
}
