using System.Security.Cryptography;
using ChaosBench.Scenarios.Files.Keys;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// Scenario file to <see cref="Suite"/>, or every problem at once:
/// <code>bytes -> text -> nodes with places -> overrides -> typed records -> checks of the whole</code>
/// Pure: it opens nothing, and asks <see cref="ReadOptions.FileExists"/> whether named files are there.
/// </summary>
public static class ScenarioReader
{
    /// <param name="path">As the user named it; relative paths in the file are relative to its folder.</param>
    /// <param name="bytes">The file's content; it may be hostile.</param>
    public static ReadResult Read(string path, ReadOnlyMemory<byte> bytes, ReadOptions options)
    {
        var reading = new Reading(path, options);
        var root = SourceText.Read(bytes.Span, reading) is { } text ? NodeTree.Parse(text, reading) : null;
        if (root is not null)
        {
            root = Overrides.Apply(root, reading);
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        var suite = root is not null && SuiteKeys.Table.TryRead(root, reading, out var parts) && parts is not null
            ? new Suite(path, sha256, options.Seed ?? parts.Seed, Selected(parts.Scenarios, reading), parts.Requested)
            : null;
        return reading.Found == 0
            ? new ReadResult(path, suite, [], root)
            : new ReadResult(path, null, reading.Problems(), root);
    }

    private static List<Scenario> Selected(IReadOnlyList<Scenario> scenarios, Reading reading)
    {
        var wanted = reading.Options.SelectedScenarios;
        var names = scenarios.Select(scenario => scenario.Name).ToList();
        foreach (var name in wanted.Where(name => !names.Contains(name)))
        {
            reading.Add(new Problem("--scenario", 0, 0, $"there is no scenario {Shown.Quoted(name)} in {reading.Path}",
                Nearest.Remedy(name, names)));
        }

        return [.. scenarios.Where(scenario => wanted.Count == 0 || wanted.Contains(scenario.Name))];
    }
}
