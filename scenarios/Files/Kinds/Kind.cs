using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Files.Yaml;

namespace ChaosBench.Scenarios.Files.Kinds;

/// <summary>
/// A kind of value in the scenario file. It knows how to read a node and how to describe itself in JSON Schema, so that what the
/// editor accepts and what the reader accepts are one table.
/// </summary>
internal abstract class Kind<T>
{
    /// <summary>False after reporting at least one problem.</summary>
    public abstract bool TryRead(Node node, Reading reading, [MaybeNullWhen(false)] out T value);

    public abstract JsonObject Schema(SchemaBuilder schema);

    protected static bool Refuse(Node node, Reading reading, string wrong, string right)
    {
        reading.Report(node.Place, wrong, right);
        return false;
    }
}

/// <summary>One key of a group of keys. The table of these is the reference of the file format.</summary>
/// <param name="Name">As written, camelCase.</param>
/// <param name="Meaning">One sentence or two for the editor's tooltip.</param>
internal abstract record Key(string Name, string Meaning)
{
    /// <summary>As it would be written; also what the reader uses when the key is left out.</summary>
    public string? Default { get; init; }

    public bool Required { get; init; }

    /// <summary>A value as it would be written, in YAML.</summary>
    public string? Example { get; init; }

    public abstract JsonObject Schema(SchemaBuilder schema);
}

internal sealed record Key<T>(string Name, Kind<T> Kind, string Meaning) : Key(Name, Meaning)
{
    public override JsonObject Schema(SchemaBuilder schema) => Kind.Schema(schema);
}
