using System.Globalization;
using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>One line of <c>faults:</c>, as written: the scenario fills in times and id.</summary>
internal static class FaultKeys
{
    private static readonly Key<string> Id =
        new("id", Scalars.Name, "Unique in the scenario. Left out: the fault's name and its place, node.kill-1.")
            { Example = "lose-a-node" };

    private static readonly Key<FaultKind> Kind = new("fault", new CheckedKind<string, FaultKind>(
        Scalars.Name, static (name, _, reading) => reading.Options.Faults.FirstOrDefault(kind => kind.Name == name) is { } kind
            ? kind
            : new Flaw($"there is no fault {Shown.Quoted(name)}",
                Nearest.Remedy(name, [.. reading.Options.Faults.Select(known => known.Name)])),
        SchemaBuilder.FaultNames), "Name in the catalogue: chaosbench faults list.") { Required = true, Example = "node.kill" };

    private static readonly Key<TimeSpan> At =
        new("at", Scalars.Duration, "From the start of the run. Left out: the start of the fault phase.") { Example = "25s" };
    private static readonly Key<TimeSpan> For = new("for", Scalars.Limit, "Left out: to the end of the fault phase.")
        { Example = "10s" };
    private static readonly Key<Share> Share =
        new("share", Scalars.Share, "Probability that one unit of the fault's scope is a victim.") { Default = "100%" };

    private static readonly Key<int> Replica =
        new("replica", Scalars.Count(0, 63), "Number of the replica, from 0. Left out: the seed decides.") { Example = "1" };

    private static readonly Key<string> Dependency = new(
        "dependency", Scalars.Choice("a dependency", ("context-store", "context-store")), "Name of the server's dependency.")
        { Example = "context-store" };

    private static readonly Key<PromptSet> Prompts = new(
        "prompts", new ReferenceTo<PromptSet>(static reading => reading.Prompts, "prompt set"),
        "Only requests of this prompt set.") { Example = "tickets" };

    private static readonly Key<string> PidFile = new(
        "pidFile", Scalars.Path, "A local process, by the file that holds its number. Needs --allow-pid.") { Example = "/run/model.pid" };

    private static readonly Key<string> Container = new(
        "container", Scalars.PlainText("a container's name", "my-model", "^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$"),
        "A container of the local Docker engine, by name or id. Needs --allow-docker.") { Example = "my-model" };

    private static readonly Table<IReadOnlyDictionary<string, string>> SelectTable = new(
        "select", "a selection", "Narrows the victims.", [Replica, Dependency, Prompts, PidFile, Container], Selected);

    private static readonly Key<IReadOnlyDictionary<string, string>> Select = new("select", SelectTable, "Narrows the victims.")
        { Default = "{}", Example = "{ replica: 1 }" };

    private static readonly Key<IReadOnlyDictionary<string, Node>> With = new(
        "with", new MapOf<Node>(new AnyNode(), "parameters", Names.Pattern, most: 50),
        "The fault's parameters: chaosbench faults describe NAME.")
        { Default = "{}", Example = "{ p50: 80ms, p99: 900ms }" };

    private static readonly Key<TimeSpan> DetectedWithin =
        new("detectedWithin", Scalars.Limit, "Longest time until somebody notices.") { Example = "2s" };
    private static readonly Key<TimeSpan> RecoveredWithin =
        new("recoveredWithin", Scalars.Limit, "Longest time from the fault's end to the steady state.") { Example = "10s" };

    private static readonly Table<Expectation> ExpectTable = new(
        "expect", "an expectation", "What a well-behaved system does about the fault.", [DetectedWithin, RecoveredWithin],
        keys => new Expectation(keys.Maybe(DetectedWithin), keys.Maybe(RecoveredWithin)));

    private static readonly Key<Expectation> Expect =
        new("expect", ExpectTable, "What a well-behaved system does about the fault.")
            { Default = "{}", Example = "{ recoveredWithin: 10s }" };
    private static readonly Key<int> MinExposure =
        new("minExposure", Scalars.Count(1, 1_000_000), "Fewer applications than this make the run inconclusive.")
            { Default = "1" };

    public static Table<FaultLine> Table { get; } = new(
        "fault", "a fault", "What goes wrong, when, and for whom.", [Kind, At, For, .. FaultScheduleKeys.All, Share, Select, With, Expect, MinExposure, Id], Read);

    /// <summary>A fault outside a scenario, where nothing is selected and nothing is judged.</summary>
    public static Table<FaultLine> Loose { get; } = new(
        "looseFault", "a fault", "What goes wrong, and when.", [Kind, At, For, Share, With, Id], Read);

    private static FaultLine Read(KeyReader keys)
    {
        var kind = keys.Get(Kind);
        var with = keys.Get(With);
        var expected = keys.Get(Expect);
        var schedule = FaultScheduleKeys.Read(keys, kind, At, Share);
        return new FaultLine(
            keys.Place, kind, keys.Find(Id), keys.Maybe(At), keys.Maybe(For), keys.PlaceOf(At), keys.PlaceOf(For),
            keys.PlaceOf(Select), FaultScheduleKeys.PlaceOfAfter(keys),
            new Fault
            {
                Id = "",
                Kind = kind?.Name ?? "",
                At = default,
                For = default,
                Schedule = schedule,
                GameDay = FaultScheduleKeys.PausesOnGameDay(keys, kind, schedule),
                Scope = kind?.Scope ?? FaultScope.Request,
                Share = schedule.Ramp is { IsOfShare: true } ramp ? new Share(Math.Max(ramp.From, ramp.To)) : keys.Get(Share),
                Select = keys.Get(Select),
                With = kind is null || with is null ? new Dictionary<string, string>() : Parameters(kind, keys, schedule.Ramp?.Of),
                DetectedWithin = expected?.DetectedWithin,
                RecoveredWithin = expected?.RecoveredWithin,
                MinExposure = keys.Get(MinExposure),
            });
    }

    private static Dictionary<string, string> Selected(KeyReader keys)
    {
        var selected = new Dictionary<string, string>(StringComparer.Ordinal);
        if (keys.Maybe(Replica) is { } replica)
        {
            selected["replica"] = replica.ToString(CultureInfo.InvariantCulture);
        }

        if (keys.Find(Dependency) is { } dependency)
        {
            selected["dependency"] = dependency;
        }

        if (keys.Find(Prompts) is { } prompts)
        {
            selected["prompts"] = prompts.Name;
        }

        foreach (var key in new[] { PidFile, Container })
        {
            if (keys.Find(key) is { } outside)
            {
                selected[key.Name] = outside;
            }
        }

        return selected;
    }

    /// <summary>Checks names and units against the catalogue and brings values to base units.</summary>
    /// <param name="ramped">The parameter that a ramp sets; null: none.</param>
    private static Dictionary<string, string> Parameters(FaultKind kind, KeyReader keys, string? ramped)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var known = kind.Parameters.Select(parameter => parameter.Name).ToList();
        var written = (keys.NodeOf(With) as MapNode)?.Entries ?? [];
        foreach (var (key, node) in written)
        {
            if (kind.Parameters.FirstOrDefault(parameter => parameter.Name == key.Text) is not { } parameter)
            {
                keys.Reading.Report(key.Place, $"{kind.Name} has no parameter {Shown.Quoted(key.Text)}",
                    Nearest.Remedy(key.Text, known));
            }
            else if (key.Text == ramped)
            {
                keys.Reading.Report(key.Place, $"{key.Text} stands in with: and in ramp:", "keep one of them");
            }
            else if (FaultValues.Read(parameter, node, keys.Reading) is { } value)
            {
                values[key.Text] = value;
            }
        }

        foreach (var missing in kind.Parameters.Where(
            parameter => parameter.Default is null && parameter.Name != ramped && written.All(entry => entry.Key.Text != parameter.Name)))
        {
            keys.Report(With, $"{kind.Name} needs the parameter {missing.Name}",
                $"add with: {{ {missing.Name}: ... }}; {missing.Meaning}");
        }

        return values;
    }
}

/// <summary>A fault before the scenario has given it its times and its id.</summary>
internal sealed record FaultLine(
    Place Place, FaultKind Kind, string? Id, TimeSpan? At, TimeSpan? For, Place AtPlace, Place ForPlace, Place SelectPlace,
    Place AfterPlace, Fault Fault)
{
    /// <summary>Of a preset whose time <see cref="At"/> and <see cref="For"/> are; null: the fault stands for itself.</summary>
    public PresetPart? Part { get; init; }
}

internal sealed record Expectation(TimeSpan? DetectedWithin, TimeSpan? RecoveredWithin);
