using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Files.Keys;
using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>Collects the definitions of a JSON Schema while kinds describe themselves.</summary>
internal sealed class SchemaBuilder(ReadOptions options)
{
    private readonly SortedDictionary<string, JsonObject> _definitions = new(StringComparer.Ordinal);

    public ReadOptions Options => options;

    /// <summary>A group of keys becomes a definition; a reference to it is returned.</summary>
    public JsonObject Define(string name, string meaning, IReadOnlyList<Key> keys)
    {
        if (_definitions.TryAdd(name, []))
        {
            Fill(_definitions[name], meaning, keys);
        }

        return new JsonObject { ["$ref"] = $"#/definitions/{name}" };
    }

    public JsonObject Definitions() =>
        new([.. _definitions.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))]);

    private void Fill(JsonObject target, string meaning, IReadOnlyList<Key> keys)
    {
        target["type"] = "object";
        target["description"] = meaning;
        target["additionalProperties"] = false;
        var required = keys.Where(key => key.Required).Select(key => (JsonNode)key.Name).ToArray();
        if (required.Length > 0)
        {
            target["required"] = new JsonArray(required);
        }

        target["properties"] = new JsonObject([.. keys.Select(key => KeyValuePair.Create(key.Name, (JsonNode?)Property(key)))]);
        if (keys.Any(key => key.Name == "fault") && keys.Any(key => key.Name == "with") && options.Faults.Count > 0)
        {
            target["allOf"] = new JsonArray([.. options.Faults.Select(kind => (JsonNode)ParametersOf(kind))]);
        }
    }

    /// <summary>A $ref hides its siblings in draft-07, so it goes inside allOf and the description shows.</summary>
    private JsonObject Property(Key key)
    {
        var kind = key.Schema(this);
        var schema = kind.ContainsKey("$ref") ? new JsonObject { ["allOf"] = new JsonArray(kind) } : kind;
        schema["description"] = key.Default is null or "{}" or "[]" ? key.Meaning : $"{key.Meaning} Default: {key.Default}.";
        if (key.Example is { } example && AsJson(example) is { } value)
        {
            schema["examples"] = new JsonArray(value);
        }

        if (key.Default is { } otherwise && AsJson(otherwise) is { } defaultValue)
        {
            schema["default"] = defaultValue;
        }

        return schema;
    }

    /// <summary>The names of the catalogue, so that the editor completes them.</summary>
    public static JsonObject? FaultNames(ReadOptions options) => options.Faults.Count == 0 ? null : new JsonObject
    {
        ["type"] = "string",
        ["enum"] = new JsonArray([.. options.Faults.Select(kind => (JsonNode)kind.Name)]),
        ["markdownDescription"] = string.Join("\n", options.Faults.Select(kind => $"- `{kind.Name}`: {kind.Summary}")),
    };

    /// <summary>If the fault is this one, then its parameters are these.</summary>
    private JsonObject ParametersOf(FaultKind kind)
    {
        var parameters = new JsonObject([.. kind.Parameters.Select(parameter =>
        {
            var schema = FaultValues.Schema(parameter, this);
            schema["description"] = string.IsNullOrEmpty(parameter.Default) ? parameter.Meaning
                : $"{parameter.Meaning} Default: {parameter.Default}.";
            return KeyValuePair.Create(parameter.Name, (JsonNode?)schema);
        })]);
        var with = new JsonObject { ["type"] = "object", ["properties"] = parameters, ["additionalProperties"] = false };
        var needed = kind.Parameters.Where(parameter => parameter.Default is null).Select(
            parameter => (JsonNode)parameter.Name).ToArray();
        var then = new JsonObject { ["properties"] = new JsonObject { ["with"] = with } };
        if (needed.Length > 0)
        {
            with["required"] = new JsonArray(needed);
            then["required"] = new JsonArray("with");
        }

        return new JsonObject
        {
            ["if"] = new JsonObject
            {
                ["properties"] = new JsonObject { ["fault"] = new JsonObject { ["const"] = kind.Name } },
                ["required"] = new JsonArray("fault"),
            },
            ["then"] = then,
        };
    }

    private static JsonNode? AsJson(string yaml) =>
        NodeTree.Parse(yaml, new Reading("", new ReadOptions())) is { } node ? NodeJson.Of(node) : null;
}
