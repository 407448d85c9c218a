using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server;

/// <summary>A replica as the router and the replica itself see it.</summary>
/// <param name="InRotation">The router sends to it. Behind <paramref name="State"/> until somebody notices a loss.</param>
/// <param name="Outstanding">Requests that sit on it.</param>
public sealed record ReplicaStatus(int Index, ReplicaState State, bool InRotation, int Outstanding)
{
    /// <summary>Times that the server brought it back after a loss that nobody had ordered.</summary>
    public int Restarts { get; init; }

    /// <summary>It was lost too often and stays down until somebody restarts it.</summary>
    public bool GivenUp { get; init; }
}
