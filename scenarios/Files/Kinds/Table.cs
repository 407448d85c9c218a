using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Files.Yaml;

namespace ChaosBench.Scenarios.Files.Kinds;

/// <summary>A group of known keys.</summary>
/// <param name="name">Name in the schema, <c>onnxTarget</c>.</param>
/// <param name="noun">For messages: <c>an onnx target</c>.</param>
internal sealed class Table<T>(string name, string noun, string meaning, IReadOnlyList<Key> keys, Func<KeyReader, T> read)
    : Kind<T>
{
    public string Noun => noun;
    public IReadOnlyList<Key> Keys => keys;

    public override bool TryRead(Node node, Reading reading, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not MapNode map)
        {
            var first = keys.FirstOrDefault(key => key.Required) ?? keys[0];
            return Refuse(node, reading, $"{noun} is a group of keys, not {node.Noun}",
                $"write {{ {first.Name}: {first.Example ?? first.Default} }}");
        }

        var reader = KeyReader.Open(map, noun, keys, reading);
        value = read(reader);
        return reader.IsSound;
    }

    public override JsonObject Schema(SchemaBuilder schema) => schema.Define(name, meaning, keys);
}

/// <summary>One of several groups of keys.</summary>
/// <param name="choose">The group that a map is meant to be; null after reporting why none.</param>
internal sealed class Union<T>(string noun, Func<MapNode, Reading, Table<T>?> choose, params Table<T>[] tables) : Kind<T>
{
    public override bool TryRead(Node node, Reading reading, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not MapNode map)
        {
            return Refuse(node, reading, $"{noun} is a group of keys, not {node.Noun}",
                $"write its keys, for example {{ {tables[0].Keys[0].Name}: {tables[0].Keys[0].Example} }}");
        }

        return choose(map, reading) is { } table && table.TryRead(map, reading, out value);
    }

    public override JsonObject Schema(SchemaBuilder schema) =>
        new() { ["anyOf"] = new JsonArray([.. tables.Select(table => table.Schema(schema))]) };
}

/// <summary>A short form (one value) beside the long one.</summary>
internal sealed class ShortOr<T>(Kind<T> brief, Kind<T> full) : Kind<T>
{
    public override bool TryRead(Node node, Reading reading, [MaybeNullWhen(false)] out T value) =>
        node is Scalar ? brief.TryRead(node, reading, out value) : full.TryRead(node, reading, out value);

    public override JsonObject Schema(SchemaBuilder schema) =>
        new() { ["anyOf"] = new JsonArray(brief.Schema(schema), full.Schema(schema)) };
}
