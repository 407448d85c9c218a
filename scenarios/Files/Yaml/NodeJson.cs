using System.Globalization;
using System.Text.Json.Nodes;

namespace ChaosBench.Scenarios.Files.Yaml;

/// <summary>A node as the JSON that an editor sees: plain scalars by the YAML 1.2 core schema.</summary>
internal static class NodeJson
{
    public static JsonNode? Of(Node node) => node switch
    {
        MapNode map => new JsonObject([.. map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Of(entry.Value)))]),
        ListNode list => new JsonArray([.. list.Items.Select(Of)]),
        Scalar { IsNull: true } => null,
        Scalar { Quoted: false } scalar => Plain(scalar.Text),
        Scalar scalar => JsonValue.Create(scalar.Text),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static JsonValue Plain(string text) => text switch
    {
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
