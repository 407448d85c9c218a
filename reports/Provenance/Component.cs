namespace ChaosBench.Reports.Provenance;

/// <summary>One thing that a program or a model is made of.</summary>
/// <param name="Name">As its registry or folder names it.</param>
public sealed record Component(string Name)
{
    public ComponentKind Kind { get; init; } = ComponentKind.Library;

    /// <summary>Null: it has none.</summary>
    public string? Version { get; init; }

    /// <summary>Package URL, such as <c>pkg:nuget/Dapper@2.1.86</c>. Null: it comes from no registry.</summary>
    public string? Purl { get; init; }

    /// <summary>SPDX expression, or what was found in its place. Null: nothing is stated.</summary>
    public string? Licence { get; init; }

    /// <summary>Where <see cref="Licence"/> is from, in words. Null: from the registry itself.</summary>
    public string? LicenceSource { get; init; }

    /// <summary>One sentence on what it is for. Null: the name says it.</summary>
    public string? Description { get; init; }

    /// <summary>Lower-case hex by CycloneDX's name of the algorithm: <c>SHA-256</c>, <c>SHA-512</c>.</summary>
    public IReadOnlyDictionary<string, string> Hashes { get; init; } = new Dictionary<string, string>();

    /// <summary>Needed to make it, and not in what was made.</summary>
    public bool IsBuildOnly { get; init; }

    /// <summary>Names of components that it needs.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>What else is known, under names of our own.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}

public enum ComponentKind
{
    Application,
    Framework,
    Library,
    File,
    MachineLearningModel,
}

/// <summary>What one thing is made of.</summary>
public sealed record PartsList(Component Whole, IReadOnlyList<Component> Parts)
{
    /// <summary>Name and version of every part that is in the product, for comparison of two of them.</summary>
    public IReadOnlyDictionary<string, string> Versions() => Parts.Where(part =>
        part is { IsBuildOnly: false, Version: not null })
        .OrderBy(part => part.Name, StringComparer.Ordinal).DistinctBy(part => part.Name)
            .ToDictionary(part => part.Name, part => part.Version!);
}
