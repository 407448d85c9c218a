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
    public static string? Read(FaultParameter parameter, Node node, Reading reading) => parameter.Unit switch
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
        _ => Scalars.Text.Schema(schema),
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
