using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>An item of <c>faults:</c>: one fault, or a preset that stands for several.</summary>
internal sealed class FaultItem : Kind<IReadOnlyList<FaultLine>>
{
    private static readonly Key<FaultPreset> Preset = new("preset", Scalars.Choice(
        "a preset", [.. FaultPresets.All.Select(preset => (preset.Name, preset))]), "Name of a compound fault: chaosbench faults list.")
        { Required = true, Example = "rate-limit-storm" };

    private static readonly Key<TimeSpan> At =
        new("at", Scalars.Duration, "From the start of the run. Left out: the start of the fault phase.") { Example = "25s" };
    private static readonly Key<TimeSpan> For = new("for", Scalars.Limit, "Left out: to the end of the fault phase.") { Example = "10s" };
    private static readonly Key<string> Id =
        new("id", Scalars.Name, "Its faults are called by this and their place. Left out: the preset's name.") { Example = "storm" };

    private static readonly Table<IReadOnlyList<FaultLine>> Table = new(
        "preset", "a preset", "Several plain faults by one name.", [Preset, At, For, Id], Expand);

    public override bool TryRead(Node node, Reading reading, [MaybeNullWhen(false)] out IReadOnlyList<FaultLine> value)
    {
        if (node is MapNode map && map.Find("preset") is not null && map.Find("fault") is null)
        {
            return Table.TryRead(node, reading, out value);
        }

        value = FaultKeys.Table.TryRead(node, reading, out var line) ? [line] : null;
        return value is not null;
    }

    public override JsonObject Schema(SchemaBuilder schema) =>
        new() { ["anyOf"] = new JsonArray(FaultKeys.Table.Schema(schema), Table.Schema(schema)) };

    private static List<FaultLine> Expand(KeyReader keys)
    {
        if (keys.Find(Preset) is not { } preset)
        {
            return [];
        }

        var lines = new List<FaultLine>();
        for (var number = 0; number < preset.Parts.Count; number++)
        {
            var part = preset.Parts[number];
            var scratch = new Reading("", keys.Reading.Options);
            if (NodeTree.Parse(part.Text, scratch) is { } node && FaultKeys.Table.TryRead(node, scratch, out var line))
            {
                var place = keys.PlaceOf(Preset);
                var id = string.Create(CultureInfo.InvariantCulture, $"{keys.Find(Id) ?? preset.Name}-{number + 1}");
                lines.Add(line with
                {
                    Place = place, AtPlace = keys.PlaceOf(At), ForPlace = keys.PlaceOf(For), SelectPlace = place, AfterPlace = place,
                    Id = id, At = keys.Maybe(At), For = keys.Maybe(For), Part = part, Fault = line.Fault with { Preset = preset.Name },
                });
            }
            else if (!part.WherePossible)
            {
                keys.Report(Preset, $"the preset {preset.Name} needs a fault that is not there: {scratch.Problems()[0].Wrong}",
                    "write the faults that you want, one by one");
            }
        }

        return lines;
    }

    /// <summary>False for a part that is only there where it is possible, and here it is not.</summary>
    public static bool Fits(FaultLine line, IReadOnlyList<Target> targets) => line.Part is not { WherePossible: true }
        || line.Kind.Vantage != Vantage.Server
        || targets.All(target => target is Target.Onnx onnx && line.Kind.Class switch
        {
            "dependency" => onnx.ContextStore is not null,
            "node" => onnx.Isolation == ReplicaIsolation.Process,
            _ => true,
        });
}
