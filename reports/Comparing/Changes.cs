using System.Globalization;
using System.Text.Json;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Comparing;

/// <summary>One thing that is not the same in two runs.</summary>
/// <param name="What"><c>model</c>, <c>tokenizer</c>, <c>target</c>, <c>runtime</c>, <c>provider</c>, <c>driver</c>, <c>tool</c>, <c>package</c>,
/// <c>scenario</c>, <c>data</c>, <c>plan</c> or <c>machine</c>.</param>
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

    public static IReadOnlyList<Change> Between(Manifest before, Manifest after) => Sorted(All(before, after).Where(Differs));

    /// <summary>What the manifests tell of both runs, and tell the same: what a difference of the numbers is not from.</summary>
    public static IReadOnlyList<Change> Alike(Manifest before, Manifest after) =>
        Sorted(Summed(All(before, after).Where(fact => !Differs(fact) && fact.Before is not null)));

    /// <summary>What is not the same in the two targets of one run; <see cref="Change.Where"/> is the fact's name. Empty: it had one target.</summary>
    public static IReadOnlyList<Change> Within(Manifest run) => Sorted(Sides(run).Where(Differs));

    /// <summary>What both targets of one run have alike. All but the targets themselves is, since it is one run. Empty: it had one target.</summary>
    public static IReadOnlyList<Change> AlikeWithin(Manifest run)
    {
        var sides = Sides(run).ToList();
        return sides.Count == 0 ? [] : Sorted(Summed(sides
            .Concat(Tool(run, run)).Concat(Packages(run, run)).Concat(Machine(run, run)).Append(new Change("scenario", "file", run.ScenarioSha256, run.ScenarioSha256))
            .Where(fact => !Differs(fact) && fact.Before is not null)));
    }

    private static bool Differs(Change fact) => fact.Before != fact.After;

    /// <summary>Stable: what is of one kind stays in its order.</summary>
    private static List<Change> Sorted(IEnumerable<Change> facts) => [.. facts.OrderBy(fact => Array.IndexOf(Order, fact.What))];

    /// <summary>Packages and data files by the dozen are one line.</summary>
    private static IEnumerable<Change> Summed(IEnumerable<Change> alike)
    {
        foreach (var kind in alike.GroupBy(fact => fact.What))
        {
            if (kind.Key is not ("package" or "data") || kind.Count() < 4)
            {
                foreach (var fact in kind)
                {
                    yield return fact;
                }

                continue;
            }

            var names = string.Join(", ", kind.Take(3).Select(fact => fact.Where));
            yield return new Change(kind.Key, FormattableString.Invariant($"{kind.Count()}: {names}, ..."), "the same", "the same");
        }
    }

    private static IEnumerable<Change> All(Manifest before, Manifest after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return Tool(before, after).Concat(Packages(before, after)).Concat(Scenario(before, after)).Concat(Targets(before, after)).Concat(Machine(before, after));
    }

    /// <summary>Both targets of an A/B run: what they are, what they said of themselves, and how the scenario sets them up.</summary>
    private static IEnumerable<Change> Sides(Manifest run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Targets.FirstOrDefault(target => target.Role == "baseline") is not { } one
            || run.Targets.FirstOrDefault(target => target.Role == "candidate") is not { } other)
        {
            return [];
        }

        string[] told = ["name", "type", "model", "url"];
        var (before, after) = (Leaves.Of(Setting(run, "baseline")), Leaves.Of(Setting(run, "candidate")));
        return
        [
            new Change("target", "name", one.Name, other.Name), new Change("target", "type", one.Type, other.Type),
            new Change("target", "location", one.Location, other.Location),
            .. one.Facts.Keys.Union(other.Facts.Keys).Order(StringComparer.Ordinal).Select(key =>
                new Change(KindOf(key), key, one.Facts.GetValueOrDefault(key), other.Facts.GetValueOrDefault(key))),
            .. before.Keys.Union(after.Keys).Except(told).Order(StringComparer.Ordinal).Select(key =>
                new Change("target", key, before.GetValueOrDefault(key), after.GetValueOrDefault(key))),
        ];
    }

    private static JsonElement? Setting(Manifest run, string role) =>
        run.ResolvedScenario is { ValueKind: JsonValueKind.Object } scenario ? Member(scenario, role) : null;

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
        yield return new Change("machine", "memory", Size(one.MemoryBytes), Size(other.MemoryBytes));
    }

    private static string KindOf(string key) =>
        key.Contains("token", StringComparison.OrdinalIgnoreCase) && key.Contains("sha", StringComparison.OrdinalIgnoreCase) ? "tokenizer"
        : key.StartsWith("model", StringComparison.OrdinalIgnoreCase) || key is "layers" or "contextTokens" or "generationConfig" ? "model"
        : key.Contains("driver", StringComparison.OrdinalIgnoreCase) ? "driver"
        : key.Contains("provider", StringComparison.OrdinalIgnoreCase) || key.Contains("device", StringComparison.OrdinalIgnoreCase) ? "provider"
        : key.Contains("runtime", StringComparison.OrdinalIgnoreCase) ? "runtime"
        : "target";

    /// <summary>Leaves that differ, by their path.</summary>
    private static void Walk(string path, JsonElement? before, JsonElement? after, List<Change> into)
    {
        if (into.Count > MostOfScenario || (IsOff(before) && IsOff(after)) || (before is { } a && after is { } b && JsonElement.DeepEquals(a, b)))
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
            into.Add(new Change("scenario", path.Length == 0 ? "resolved" : path, Shown(before), Shown(after)));
        }
    }

    /// <summary>A key that another version of the tool does not write yet asks for nothing, as one that is off.</summary>
    private static bool IsOff(JsonElement? value) => value is not { } known
        || known.ValueKind is JsonValueKind.Null or JsonValueKind.False || (known.ValueKind == JsonValueKind.Array && known.GetArrayLength() == 0);

    private static string? Shown(JsonElement? value) => value is not { ValueKind: not JsonValueKind.Null } known ? null
        : known.ValueKind is JsonValueKind.True or JsonValueKind.False ? known.GetRawText() : known.ToString();

    private static JsonElement? Member(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value : null;

    /// <summary>What a container's limit differs by from one start to the next is no other machine.</summary>
    private static string? Size(long? bytes) => bytes is { } known ? FormattableString.Invariant($"{known / (double)(1L << 30):0.#} GiB") : null;

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
