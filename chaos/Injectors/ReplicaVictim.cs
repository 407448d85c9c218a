using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary>The one replica that a node fault hits: <c>select: { replica: 1 }</c>, else the seed decides.</summary>
internal static class ReplicaVictim
{
    public static int Of(Fault fault, ulong seed, int count) => fault.Select.TryGetValue("replica", out var chosen)
        ? int.Parse(chosen, NumberStyles.None, CultureInfo.InvariantCulture)
        : KeyedHash.Stream(seed, fault.Id, "replica").Next(count);

    public static string Key(int replica) => FormattableString.Invariant($"replica-{replica}");
}
