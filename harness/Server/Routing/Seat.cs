using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Routing;

/// <summary>
/// One life of one replica as the router sees it. A restart makes a new seat, so that late returns of the old life cannot
/// disturb the counts of the new one.
/// </summary>
internal sealed class Seat(IReplica replica)
{
    public IReplica Replica { get; } = replica;

    public int Index => Replica.Index;

    // Guarded by the router's lock.
    public int Outstanding { get; set; }
}
