using System.Globalization;
using ChaosBench.Scenarios.Files.Keys;
using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// Faults outside a scenario: a file with <c>faults: [ ... ]</c> or one fault alone, in YAML or JSON. Their keys mean what they mean in a
/// scenario; <c>at</c> counts from the moment that the file is used.
/// </summary>
public static class FaultFile
{
    private static readonly Key<IReadOnlyList<FaultLine>> Faults = new(
        "faults", new ListOf<FaultLine>(FaultKeys.Loose, "faults", 1, 64), "What goes wrong.")
        { Required = true, Example = "[{ fault: stream.cut }]" };

    private static readonly Table<IReadOnlyList<FaultLine>> File =
        new("faultFile", "the file", "Faults outside a scenario.", [Faults], keys => keys.Get(Faults));

    /// <param name="name">As the user named it, for messages.</param>
    /// <param name="bytes">May be hostile.</param>
    /// <param name="catalogue">The faults that can be asked for here.</param>
    /// <returns>Every fault, or every problem.</returns>
    public static (IReadOnlyList<LooseFault> Faults, IReadOnlyList<Problem> Problems) Read(
        string name, ReadOnlyMemory<byte> bytes, IReadOnlyList<FaultKind> catalogue)
    {
        var reading = new Reading(name, new ReadOptions { Faults = catalogue });
        var root = SourceText.Read(bytes.Span, reading) is { } text ? NodeTree.Parse(text, reading) : null;
        var lines = root is null ? [] : Lines(root, reading);
        return reading.Found > 0 ? ([], reading.Problems()) : ([.. lines.Select(Loose)], []);
    }

    private static IReadOnlyList<FaultLine> Lines(Node root, Reading reading) => root is MapNode map && map.Find("fault") is not null
        ? FaultKeys.Loose.TryRead(root, reading, out var one) ? [one] : []
        : File.TryRead(root, reading, out var all) ? all : [];

    private static LooseFault Loose(FaultLine line, int index) => new(
        line.Fault with { Id = line.Id ?? string.Create(CultureInfo.InvariantCulture, $"{line.Fault.Kind}-{index + 1}") },
        HasId: line.Id is not null, line.At, line.For);
}

/// <param name="Fault">Its own times are not set.</param>
/// <param name="HasId">The author named it; otherwise its id is only its place.</param>
/// <param name="At">Null: at once.</param>
/// <param name="For">Null: the author did not say.</param>
public sealed record LooseFault(Fault Fault, bool HasId, TimeSpan? At, TimeSpan? For);
