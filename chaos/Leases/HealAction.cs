using System.Text.Json.Serialization;

namespace ChaosBench.Chaos.Leases;

/// <summary>
/// What takes a fault away again. A closed set of facts about what was done, never a command: a lease file can ask for nothing that
/// is not one of these.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(ResumeProcess), "resume-process")]
[JsonDerivedType(typeof(EndProcess), "end-process")]
[JsonDerivedType(typeof(UnpauseContainer), "unpause-container")]
[JsonDerivedType(typeof(StartContainer), "start-container")]
[JsonDerivedType(typeof(ConnectNetwork), "connect-network")]
public abstract record HealAction
{
    private HealAction() { }

    /// <summary>A Docker engine broke it on the run's order, and such an order may outlive who gave it.</summary>
    public bool IsOfEngine => this is UnpauseContainer or StartContainer or ConnectNetwork;

    /// <summary>SIGCONT for a process that was stopped.</summary>
    /// <param name="Group">Also for the group that it leads.</param>
    public sealed record ResumeProcess(ProcessIdentity Process, bool Group) : HealAction
    {
        public override string ToString() => $"resume {Process}";
    }

    /// <summary>SIGKILL for a process that the run itself started, with the group that it leads.</summary>
    public sealed record EndProcess(ProcessIdentity Process) : HealAction
    {
        public override string ToString() => $"end {Process}, which the run started";
    }

    /// <param name="Socket">Path of the engine's socket.</param>
    /// <param name="Container">Full id, 64 hexadecimal digits.</param>
    public sealed record UnpauseContainer(string Socket, string Container) : HealAction
    {
        public override string ToString() => $"unpause container {Short(Container)}";
    }

    /// <inheritdoc cref="UnpauseContainer"/>
    public sealed record StartContainer(string Socket, string Container) : HealAction
    {
        public override string ToString() => $"start container {Short(Container)}";
    }

    /// <inheritdoc cref="UnpauseContainer"/>
    /// <param name="Network">Full id, 64 hexadecimal digits.</param>
    /// <param name="Aliases">Names that the container had there.</param>
    /// <param name="Address">The IPv4 address that was asked for by its owner; null: any. What is null is not
    /// written, so that it must be readable from nothing.</param>
    public sealed record ConnectNetwork(
        string Socket, string Container, string Network, IReadOnlyList<string> Aliases, string? Address = null) : HealAction
    {
        public override string ToString() => $"connect container {Short(Container)} to network {Short(Network)}";
    }

    private static string Short(string id) => id.Length > 12 ? id[..12] : id;
}
