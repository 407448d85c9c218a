using System.Globalization;
using System.Text.Json;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Comparing;

/// <summary>One thing that is not the same in two runs.</summary>
/// <param name="What"><c>tool</c>, <c>scenario</c>, <c>plan</c>, <c>data</c>, <c>model</c>, <c>tokenizer</c>, <c>runtime</c>, <c>provider</c>,
/// <c>driver</c>, <c>target</c>, <c>package</c> or <c>machine</c>.</param>
/// <param name="Where">Which part of it: a key, a path, a role.</param>
/// <param name="Before">Null: was not there.</param>
/// <param name="After">Null: is not there any more.</param>
public sealed record Change(string What, string Where, string? Before, string? After);

/// <summary>What changed between two runs, from their manifests: read this before any number.</summary>
public static class Changes
{
    /// <summary>A rewritten scenario is told in its first differences.</summary>
    private const int MostOfScenario = 40;

    private static readonly string[] Order =
        ["model", "tokenizer", "target", "runtime", "provider", "driver", "tool", "package", "scenario", "data", "plan", "machine"];

    public static IReadOnlyList<Change> Between(Manifest before, Manifest after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return [.. Tool(before, after).Concat(Packages(before, after)).Concat(Scenario(before, after)).Concat(Targets(before, after)).Concat(Machine(before, after))
            .Where(change => change.Before != change.After)
            .OrderBy(change => Array.IndexOf(Order, change.What))];
    }

    /// <summary>What is not the same in two targets of one run; <see cref="Change.Where"/> is the fact's name.</summary>
    public static IReadOnlyList<Change> Between(TargetEntry before, TargetEntry after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        IEnumerable<Change> all =
        [
            new Change("target", "name", before.Name, after.Name), new Change("target", "type", before.Type, after.Type),
            new Change("target", "location", before.Location, after.Location),
            .. before.Facts.Keys.Union(after.Facts.Keys).Order(StringComparer.Ordinal).Select(key =>
                new Change(KindOf(key), key, before.Facts.GetValueOrDefault(key), after.Facts.GetValueOrDefault(key))),
        ];
        return [.. all.Where(change => change.Before != change.After)];
    }

    private static IEnumerable<Change> Tool(Manifest before, Manifest after)
    {
        yield return new Change("tool", "version", before.ToolVersion, after.ToolVersion);
        yield return new Change("tool", "measured by", before.Import?.Tool ?? "ChaosBench", after.Import?.Tool ?? "ChaosBench");
        yield return new Change("tool", "its version", before.Import?.ToolVersion, after.Import?.ToolVersion);
        yield return new Change("plan", "seed", Text(before.Seed), Text(after.Seed));
        yield return new Change("plan", "SHA-256", before.PlanSha256, after.PlanSha256);
        foreach (var path in before.Files.Keys.Union(after.Files.Keys).Order(StringComparer.Ordinal))
        {
            yield return new Change("data", path, before.Files.GetValueOrDefault(path), after.Files.GetValueOrDefault(path));
        }
    }

    /// <summary>Libraries of the tool; where one of the runs did not write them down, nothing is known to have changed.</summary>
    private static IEnumerable<Change> Packages(Manifest before, Manifest after) => before.Packages is { } had && after.Packages is { } has
        ? had.Keys.Union(has.Keys).Order(StringComparer.Ordinal).Select(name => new Change("package", name, had.GetValueOrDefault(name), has.GetValueOrDefault(name)))
        : [];

    private static IEnumerable<Change> Scenario(Manifest before, Manifest after)
    {
        yield return new Change("scenario", "name", before.Scenario, after.Scenario);
        yield return new Change("scenario", "file", before.ScenarioSha256, after.ScenarioSha256);
        var changes = new List<Change>();
        Walk("", before.ResolvedScenario, after.ResolvedScenario, changes);
        foreach (var change in changes.Where(change => change.Where is not "name").Take(MostOfScenario))
        {
            yield return change;
        }
    }

    private static IEnumerable<Change> Targets(Manifest before, Manifest after)
    {
        foreach (var role in before.Targets.Concat(after.Targets).Select(target => target.Role).Distinct())
        {
            var (one, other) = (before.Targets.FirstOrDefault(target => target.Role == role), after.Targets.FirstOrDefault(target => target.Role == role));
            yield return new Change("target", $"{role} name", one?.Name, other?.Name);
            yield return new Change("target", $"{role} type", one?.Type, other?.Type);
            yield return new Change("target", $"{role} location", one?.Location, other?.Location);
            foreach (var key in (one?.Facts.Keys ?? []).Union(other?.Facts.Keys ?? []).Order(StringComparer.Ordinal))
            {
                yield return new Change(KindOf(key), $"{role} {key}", one?.Facts.GetValueOrDefault(key), other?.Facts.GetValueOrDefault(key));
            }
        }
    }

    private static IEnumerable<Change> Machine(Manifest before, Manifest after)
    {
        var (one, other) = (before.Machine, after.Machine);
        yield return new Change("machine", "system", one.Os, other.Os);
        yield return new Change("machine", "architecture", one.Architecture, other.Architecture);
        yield return new Change("machine", ".NET", one.DotNet, other.DotNet);
        yield return new Change("machine", "processor", one.Cpu, other.Cpu);
        yield return new Change("machine", "cores", Text(one.Cores), Text(other.Cores));
        yield return new Change("machine", "memory", one.MemoryBytes is { } had ? Text(had) : null, other.MemoryBytes is { } has ? Text(has) : null);
    }

    private static string KindOf(string key) =>
        key.Contains("token", StringComparison.OrdinalIgnoreCase) && key.Contains("sha", StringComparison.OrdinalIgnoreCase) ? "tokenizer"
        : key.StartsWith("model", StringComparison.OrdinalIgnoreCase) ? "model"
        : key.Contains("driver", StringComparison.OrdinalIgnoreCase) ? "driver"
        : key.Contains("provider", StringComparison.OrdinalIgnoreCase) || key.Contains("device", StringComparison.OrdinalIgnoreCase) ? "provider"
        : key.Contains("runtime", StringComparison.OrdinalIgnoreCase) ? "runtime"
        : "target";

    /// <summary>Leaves that differ, by their path.</summary>
    private static void Walk(string path, JsonElement? before, JsonElement? after, List<Change> into)
    {
        if (into.Count > MostOfScenario || (before is { } a && after is { } b && JsonElement.DeepEquals(a, b)))
        {
            return;
        }

        if (before is { ValueKind: JsonValueKind.Object } one && after is { ValueKind: JsonValueKind.Object } other)
        {
            foreach (var key in one.EnumerateObject().Concat(other.EnumerateObject()).Select(property => property.Name).Distinct())
            {
                Walk(path.Length == 0 ? key : $"{path}.{key}", Member(one, key), Member(other, key), into);
            }
        }
        else if (before is { ValueKind: JsonValueKind.Array } left && after is { ValueKind: JsonValueKind.Array } right)
        {
            for (var i = 0; i < Math.Max(left.GetArrayLength(), right.GetArrayLength()); i++)
            {
                Walk($"{path}[{Text(i)}]", i < left.GetArrayLength() ? left[i] : null, i < right.GetArrayLength() ? right[i] : null, into);
            }
        }
        else
        {
            into.Add(new Change("scenario", path.Length == 0 ? "resolved" : path, before?.ToString(), after?.ToString()));
        }
    }

    private static JsonElement? Member(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value : null;

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
