using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>Values of fault parameters, whose units the catalogue states.</summary>
internal static class FaultValues
{
    /// <summary>In base units: seconds, a share of 1, bytes, a count, or text. Null after reporting a problem.</summary>
    public static string? Read(FaultParameter parameter, Node node, Reading reading) =>
        InUnits(parameter, node, reading) is { } value && IsAllowed(parameter, value, node, reading) ? value : null;

    private static string? InUnits(FaultParameter parameter, Node node, Reading reading) => parameter.Unit switch
    {
        "duration" => Of(Scalars.Duration, node, reading, value => Plain((decimal)value.Ticks / TimeSpan.TicksPerSecond)),
        "share" => Of(Scalars.Share, node, reading, value => Plain((decimal)value.Value)),
        "size" => Of(Size, node, reading, value => value.ToString(CultureInfo.InvariantCulture)),
        "rate" => Of(Scalars.Rate, node, reading, value => Plain((decimal)value.PerSecond)),
        "count" => Of(Scalars.LongCount(0, 1_000_000_000), node, reading, value => value.ToString(CultureInfo.InvariantCulture)),
        _ => Of(Scalars.Text, node, reading, value => value),
    };

    public static JsonObject Schema(FaultParameter parameter, SchemaBuilder schema) => parameter.Unit switch
    {
        "duration" => Scalars.Duration.Schema(schema),
        "share" => Scalars.Share.Schema(schema),
        "size" => Size.Schema(schema),
        "rate" => Scalars.Rate.Schema(schema),
        "count" => Scalars.LongCount(0, 1_000_000_000).Schema(schema),
        _ when parameter.Choices.Count > 0 => new JsonObject { ["enum"] = new JsonArray([.. parameter.Choices.Select(word => (JsonNode)word)]) },
        _ => Scalars.Text.Schema(schema),
    };

    /// <summary>Within the range and among the words that the catalogue states.</summary>
    private static bool IsAllowed(FaultParameter parameter, string value, Node node, Reading reading)
    {
        if (parameter.Choices.Count > 0 && !parameter.Choices.Contains(value))
        {
            reading.Report(node.Place, $"{Shown.Quoted(value)} is no {parameter.Name}", Nearest.Remedy(value, [.. parameter.Choices]));
            return false;
        }

        if ((parameter.Least is { } least && decimal.Parse(value, CultureInfo.InvariantCulture) < Bound(parameter.Unit, least))
            || (parameter.Most is { } most && decimal.Parse(value, CultureInfo.InvariantCulture) > Bound(parameter.Unit, most)))
        {
            reading.Report(node.Place, $"{parameter.Name} is outside its range",
                $"write {parameter.Least ?? "less"} to {parameter.Most ?? "more"}, for example {parameter.Default}");
            return false;
        }

        return true;
    }

    /// <summary>The catalogue's own text, so it is right.</summary>
    private static decimal Bound(string unit, string text) => unit switch
    {
        "duration" => (decimal)UnitText.Duration(text).Value.Ticks / TimeSpan.TicksPerSecond,
        "share" => (decimal)UnitText.Share(text).Value.Value,
        "size" => UnitText.Size(text).Value,
        "rate" => (decimal)UnitText.Rate(text).Value.PerSecond,
        _ => decimal.Parse(text, CultureInfo.InvariantCulture),
    };

    private static readonly Kind<long> Size = new ScalarKind<long>(
        "a size", "4KiB", static scalar => UnitText.Size(scalar.Text),
        static () => new JsonObject { ["type"] = "string", ["pattern"] = UnitText.SizePattern });

    private static string? Of<T>(Kind<T> kind, Node node, Reading reading, Func<T, string> write) =>
        kind.TryRead(node, reading, out var value) ? write(value) : null;

    private static string Plain(decimal value) => value.ToString("0.#################", CultureInfo.InvariantCulture);
}

/// <summary>A value that is read later, when more is known.</summary>
internal sealed class AnyNode : Kind<Node>
{
    public override bool TryRead(Node node, Reading reading, [MaybeNullWhen(false)] out Node value)
    {
        value = node;
        return true;
    }

    public override JsonObject Schema(SchemaBuilder schema) => [];
}
