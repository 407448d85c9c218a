namespace ChaosBench.Chaos.Docker;

/// <summary>What faults need of the engine's description of a container. Names are those of its API.</summary>
/// <param name="Id">64 hexadecimal digits; never given to another container.</param>
/// <param name="Name">With the engine's leading slash.</param>
public sealed record ContainerFacts(string Id, string? Name, ContainerState State, NetworkSettings? NetworkSettings)
{
    /// <summary>It runs, is not held still, and its own health check, if it has one, is content.</summary>
    public bool Serves => State is { Running: true, Paused: false } && State.Health?.Status is (null or "none" or "healthy");
}

public sealed record ContainerState(bool Running, bool Paused, ContainerHealth? Health);

/// <param name="Status"><c>none</c>, <c>starting</c>, <c>healthy</c> or <c>unhealthy</c>.</param>
public sealed record ContainerHealth(string? Status);

/// <param name="Networks">By name.</param>
public sealed record NetworkSettings(IReadOnlyDictionary<string, Attachment>? Networks);

/// <param name="NetworkID">64 hexadecimal digits.</param>
public sealed record Attachment(string? NetworkID, IReadOnlyList<string>? Aliases, AddressRequest? IPAMConfig);

public sealed record AddressRequest(string? IPv4Address);
