using ChaosBench.Chaos.Proxy.Wire;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>connection.refuse</c>: nobody listens.</summary>
internal sealed class ConnectionRefuse(PlannedFault planned) : ListenerFault(planned)
{
    private const string Unit = "listener";

    public static FaultKind Kind { get; } = new(
        "connection.refuse", Vantage.Upstream, FaultScope.Host, "connection", Fidelity.Real,
        "The kernel refuses new connections to the endpoint, and idle ones are closed; requests under way go on. It has no coin: share must be 100 %.",
        "Quick to fail; another endpoint is tried, and this one again after a while.",
        [], "{ fault: connection.refuse }");

    public override void Apply(Door door, IAnnouncer announcer)
    {
        announcer.Unit(Planned, Unit, UnitEvent.Eligible);
        announcer.Unit(Planned, Unit, UnitEvent.Selected);
        door.Shut();
        announcer.Unit(Planned, Unit, UnitEvent.Applied);
    }

    public override void Clear(Door door) => door.Open();
}
