using System.Globalization;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Chaos.Stress;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Resources;

/// <summary><c>resource.memory</c>: somebody else holds memory of this machine.</summary>
internal sealed class MemoryPressure(PlannedFault fault, NodeReach reach, IAnnouncer announcer) : StressFault(fault, reach, announcer)
{
    private static readonly FaultParameter Size = new("size", "size", "256MiB", "Memory that is held, every page of it written.") { Least = "1MiB", Most = "1024GiB" };

    public static FaultKind Kind { get; } = Entry(
        "resource.memory",
        "A process of ours holds memory of the machine that the target shares with the run. Refused when it would leave less than a quarter of the memory, or "
        + "less than 512 MiB, available.",
        "Limits hold, nothing is ended by the kernel, and no collection stops the service for long.", "size: 256MiB", Size);

    public override string? Refusal => MemoryRoom.RefusalOf(Bytes) is { } why ? "asks for too much: " + why : null;

    protected override IReadOnlyList<string> Order => ["memory", Bytes.ToString(CultureInfo.InvariantCulture)];

    private long Bytes => Size.BytesOf(Fault.Fault);
}
