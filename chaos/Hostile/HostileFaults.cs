using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Hostile;

/// <summary>The faults that are clients: the one place that knows them all.</summary>
public static class HostileFaults
{
    private delegate IInjector Make(PlannedFault fault, IReadOnlyList<Func<EndpointAddress?>> endpoints, IAnnouncer announcer, TimeProvider time);

    private static readonly (FaultKind Kind, Make Make)[] Known =
    [
        (Abandon.Kind, (fault, endpoints, announcer, time) => new Abandon(fault, endpoints, announcer, time)),
        (SlowRead.Kind, (fault, endpoints, announcer, time) => new SlowRead(fault, endpoints, announcer, time)),
        (Churn.Kind, (fault, endpoints, announcer, time) => new Churn(fault, endpoints, announcer, time)),
        (Burst.Kind, (fault, endpoints, announcer, time) => new Burst(fault, endpoints, announcer, time)),
        (SlowUpload.Kind, (fault, endpoints, announcer, time) => new SlowUpload(fault, endpoints, announcer, time)),
        (WrongLength.Kind, (fault, endpoints, announcer, time) => new WrongLength(fault, endpoints, announcer, time)),
        (PoolExhaustion.Kind, (fault, endpoints, announcer, time) => new PoolExhaustion(fault, endpoints, announcer, time)),
    ];

    public static IReadOnlyList<FaultKind> Catalogue { get; } = [.. Known.Select(known => known.Kind)];

    public static bool Handles(string kind) => Known.Any(known => known.Kind.Name == kind);

    /// <exception cref="FaultRefusedException">A target has no endpoint that such a client could call.</exception>
    internal static IInjector Create(PlannedFault fault, IReadOnlyList<TargetControls> targets, IAnnouncer announcer, TimeProvider time)
    {
        if (fault.Fault.Share.Value < 1)
        {
            throw Refused(fault, "is as many clients as its parameters say and has no coin; leave share out");
        }

        return targets.FirstOrDefault(target => target.Endpoint is null) is { } without
            ? throw Refused(fault, without.NoProxyReason ?? $"needs an endpoint that clients can call, and target '{without.Target}' has none")
            : Known.First(known => known.Kind.Name == fault.Fault.Kind).Make(fault, [.. targets.Select(target => target.Endpoint!)], announcer, time);
    }

    private static FaultRefusedException Refused(PlannedFault fault, string why) => new($"{fault.Fault.Id} ({fault.Fault.Kind}) {why}.");
}
