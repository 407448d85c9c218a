using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Files.Yaml;

namespace ChaosBench.Scenarios.Files.Kinds;

/// <summary>A list; with <paramref name="orOne"/> a single value is a list of one.</summary>
internal sealed class ListOf<T>(Kind<T> item, string noun, int least = 0, int most = 1_000, bool orOne = false)
    : Kind<IReadOnlyList<T>>
{
    public override bool TryRead(Node node, Reading reading, [MaybeNullWhen(false)] out IReadOnlyList<T> value)
    {
        value = null;
        if (node is not ListNode list)
        {
            if (!orOne)
            {
                return Refuse(node, reading, $"{noun} are a list, not {node.Noun}", "write [ ... ], or one line with - for each");
            }

            list = new ListNode(node.Place, [node]);
        }

        if (list.Items.Count < least || list.Items.Count > most)
        {
            return Refuse(node, reading, FormattableString.Invariant($"{list.Items.Count} {noun}"),
                FormattableString.Invariant($"write {least} to {most}"));
        }

        var items = new List<T>(list.Items.Count);
        foreach (var node1 in list.Items)
        {
            if (item.TryRead(node1, reading, out var one))
            {
                items.Add(one);
            }
        }

        value = items;
        return items.Count == list.Items.Count;
    }

    public override JsonObject Schema(SchemaBuilder schema)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item.Schema(schema), ["maxItems"] = most };
        if (least > 0)
        {
            list["minItems"] = least;
        }

        return orOne ? new JsonObject { ["anyOf"] = new JsonArray(item.Schema(schema), list) } : list;
    }
}

/// <summary>Values under names that the author chooses.</summary>
/// <param name="namePattern">An ECMA regular expression.</param>
internal sealed class MapOf<T>(Kind<T> item, string noun, string namePattern, int most = 1_000)
    : Kind<IReadOnlyDictionary<string, T>>
{
    public override bool TryRead(Node node, Reading reading, [MaybeNullWhen(false)] out IReadOnlyDictionary<string, T> value)
    {
        value = null;
        if (!TryOpen(node, reading, out var map))
        {
            return false;
        }

        var items = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (key, child) in map.Entries)
        {
            if (item.TryRead(child, reading, out var one))
            {
                items.Add(key.Text, one);
            }
        }

        value = items;
        return items.Count == map.Entries.Count;
    }

    /// <summary>Checks the names alone.</summary>
    public bool TryOpen(Node node, Reading reading, [NotNullWhen(true)] out MapNode? map)
    {
        map = node as MapNode;
        if (map is null)
        {
            return Refuse(node, reading, $"{noun} are a group of names, not {node.Noun}", "write NAME: and its value for each");
        }

        if (map.Entries.Count > most)
        {
            return Refuse(node, reading, FormattableString.Invariant($"{map.Entries.Count} {noun}"),
                FormattableString.Invariant($"write at most {most}"));
        }

        var before = reading.Found;
        foreach (var (key, _) in map.Entries)
        {
            Names.Check(key, namePattern, reading);
        }

        return reading.Found == before;
    }

    public override JsonObject Schema(SchemaBuilder schema) => new()
    {
        ["type"] = "object",
        ["propertyNames"] = new JsonObject { ["pattern"] = namePattern },
        ["additionalProperties"] = item.Schema(schema),
        ["maxProperties"] = most,
    };
}
