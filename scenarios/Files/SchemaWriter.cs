using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Files.Keys;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// The JSON Schema of the scenario file, made from the tables that the reader uses. Draft-07, because that is what the YAML
/// extensions of editors understand best. The schema may accept what the reader refuses (names that lead nowhere); never the
/// other way round.
/// </summary>
public static class SchemaWriter
{
    // The schema is read by people and by editors, never put into HTML.
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(IReadOnlyList<FaultKind> faults) => Write(new ReadOptions { Faults = faults });

    /// <param name="options">Its catalogues become the choices that the editor offers.</param>
    public static string Write(ReadOptions options)
    {
        var builder = new SchemaBuilder(options);
        var root = SuiteKeys.Table.Schema(builder);
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "ChaosBench scenario file",
            ["allOf"] = new JsonArray(root),
            ["definitions"] = builder.Definitions(),
        };
        return schema.ToJsonString(Indented);
    }
}
