using System.Globalization;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Chaos.Stress;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Resources;

/// <summary><c>resource.gpu_memory</c>: somebody else holds memory of the card.</summary>
internal sealed class GpuBallast(PlannedFault fault, NodeReach reach, IAnnouncer announcer) : StressFault(fault, reach, announcer)
{
    private static readonly FaultParameter Size = new("size", "size", "1GiB", "Memory that is held.") { Least = "1MiB", Most = "1024GiB" };
    private static readonly FaultParameter Device = new("device", "count", "0", "Number of the card, from 0.") { Least = "0", Most = "63" };

    public static FaultKind Kind { get; } = Entry(
        "resource.gpu_memory",
        "A process of ours holds memory of an NVIDIA GPU. Refused without a card, and when less than 512 MiB of it would be left.",
        "What does not fit is refused or served in smaller batches; the session works on afterwards, and nothing leaks.", "size: 4GiB", Size, Device);

    public override string? Refusal => GpuStressor.RefusalOf();

    protected override IReadOnlyList<string> Order =>
        ["gpu", Device.CountOf(Fault.Fault).ToString(CultureInfo.InvariantCulture), Size.BytesOf(Fault.Fault).ToString(CultureInfo.InvariantCulture)];
}
