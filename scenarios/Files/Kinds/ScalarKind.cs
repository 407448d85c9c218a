using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Files.Yaml;

namespace ChaosBench.Scenarios.Files.Kinds;

/// <summary>A single value.</summary>
/// <param name="noun">For messages: <c>a duration</c>.</param>
/// <param name="parse">Need not think of nothing, of lists or of groups.</param>
internal sealed class ScalarKind<T>(string noun, string example, Func<Scalar, Parsed<T>> parse, Func<JsonObject> schema) : Kind<T>
{
    public override bool TryRead(Node node, Reading reading, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not Scalar scalar || scalar.IsNull)
        {
            return Refuse(node, reading, $"{node.Noun} where {noun} belongs", $"write {noun}, for example {example}");
        }

        var parsed = parse(scalar);
        if (parsed.Flaw is { } flaw)
        {
            reading.Report(scalar, flaw);
            return false;
        }

        value = parsed.Value;
        return true;
    }

    public override JsonObject Schema(SchemaBuilder _) => schema();
}

/// <summary>A value whose check needs more than its text: a reference, a path.</summary>
internal sealed class CheckedKind<TRaw, T>(
    Kind<TRaw> raw, Func<TRaw, Node, Reading, Parsed<T>> check, Func<ReadOptions, JsonObject?>? schema = null) : Kind<T>
{
    public override bool TryRead(Node node, Reading reading, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (!raw.TryRead(node, reading, out var text))
        {
            return false;
        }

        var parsed = check(text, node, reading);
        if (parsed.Flaw is { } flaw)
        {
            reading.Report(node.Place, flaw.Wrong, flaw.Right);
            return false;
        }

        value = parsed.Value;
        return true;
    }

    public override JsonObject Schema(SchemaBuilder builder) => schema?.Invoke(builder.Options) ?? raw.Schema(builder);
}

/// <summary>The name of something that the file defines elsewhere.</summary>
internal sealed class ReferenceTo<T>(Func<Reading, Definitions<T>> definitions, string noun) : Kind<T>
    where T : class
{
    public override bool TryRead(Node node, Reading reading, [MaybeNullWhen(false)] out T value)
    {
        value = null;
        return node is Scalar { IsNull: false } scalar
            ? definitions(reading).TryResolve(scalar, reading, out value)
            : Refuse(node, reading, $"{node.Noun} where the name of a {noun} belongs",
                Nearest.Remedy("", definitions(reading).Names));
    }

    public override JsonObject Schema(SchemaBuilder _) => new() { ["type"] = "string" };
}
