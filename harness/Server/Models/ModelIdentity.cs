namespace ChaosBench.Server.Models;

/// <summary>What exactly is served; goes into the manifest of a run and the model list of the HTTP face.</summary>
public sealed record ModelIdentity
{
    /// <summary>Name of the folder.</summary>
    public required string Name { get; init; }

    /// <summary>Lower-case hex SHA-256 of the model file (and of its external data, in order of their names, where it has some).</summary>
    public required string ModelSha256 { get; init; }

    public required string TokenizerSha256 { get; init; }

    public required int Vocabulary { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    /// <summary>Positions that the model was made for.</summary>
    public required int Context { get; init; }

    public required string RuntimeVersion { get; init; }

    /// <summary><c>cpu</c> or <c>cuda:N</c>, as resolved.</summary>
    public required string Device { get; init; }

    /// <summary>Why a wanted device is not used; null where there is nothing to say.</summary>
    public string? DeviceNote { get; init; }
}
