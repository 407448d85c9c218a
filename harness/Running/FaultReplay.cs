using System.Text.Json;
using ChaosBench.Chaos;
using ChaosBench.Harness.Commands;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Harness.Running;

/// <summary>
/// Repeats the faults of a finished run: its seed, its faults as they were planned, and what only the run decided (when a fault that
/// waited started and ended, which replica was chosen) as fixed settings. Targets, gates and objectives are today's.
/// </summary>
internal sealed class FaultReplay
{
    /// <summary>Without these the same requests are not sent at the same instants, and no fault can meet the same ones.</summary>
    private static readonly string[] Traffic = ["workload", "mix", "phases"];

    private const int MostDifferences = 10;

    private readonly string _folder;
    private readonly Manifest _manifest;
    private readonly List<JournalEvent> _events;

    private FaultReplay(string folder, Manifest manifest, List<JournalEvent> events) =>
        (_folder, _manifest, _events) = (folder, manifest, events);

    /// <summary>The suite with one scenario: that of the run, with the run's seed and faults.</summary>
    /// <param name="seed">Of the command line; null: none was given.</param>
    /// <exception cref="UsageException">There is no finished run, or its faults cannot be repeated; says what differs.</exception>
    public static LoadedSuite Apply(LoadedSuite loaded, string folder, ulong? seed)
    {
        var replay = Open(folder);
        if (seed is { } other && other != replay._manifest.Seed)
        {
            throw new UsageException($"--seed {other} beside --replay: the run that is repeated has the seed {replay._manifest.Seed}; leave --seed out.");
        }

        var scenario = loaded.Suite.Scenarios.FirstOrDefault(one => one.Name == replay._manifest.Scenario)
            ?? throw new UsageException($"{folder}: the run is of scenario '{replay._manifest.Scenario}', which {loaded.Suite.Path} does not have (or --scenario leaves out).");
        var recorded = replay.WithRoomForWaiting(scenario with { Faults = replay.RecordedFaults() });
        replay.CheckTraffic(recorded, loaded.Suite.Path);
        return loaded with
        {
            Suite = loaded.Suite with
            {
                Seed = replay._manifest.Seed,
                Scenarios = [recorded with { Faults = [.. recorded.Faults.Select(replay.AsItHappened).OfType<Fault>()] }],
            },
        };
    }

    private static FaultReplay Open(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "summary.json")))
        {
            throw new UsageException($"{folder}: no finished run is here; name a run folder with a summary.json.");
        }

        try
        {
            using var journal = JournalFile.Open(folder);
            var events = journal.Events().Where(one => one is JournalEvent.FaultTransition or JournalEvent.RunEnded
                or JournalEvent.Injection { Kind: InjectionKind.Selected }).ToList();
            return events.OfType<JournalEvent.RunEnded>().FirstOrDefault() is { Ending: RunEnding.Completed }
                ? new FaultReplay(folder, RunFiles.ReadManifest(folder), events)
                : throw new UsageException($"{folder}: this run did not come to its end, so its faults did not either; name one that completed.");
        }
        catch (Exception broken) when (broken is JournalException or IOException or JsonException)
        {
            throw new UsageException($"{folder}: the run cannot be read: {broken.Message}");
        }
    }

    private List<Fault> RecordedFaults()
    {
        try
        {
            return [.. Recorded("faults").EnumerateArray().Select(fault => FaultSettings.Read(fault, kind => FaultCatalogue.Find(kind)?.Scope
                ?? throw new FormatException($"there is no fault '{kind}' in this version")))];
        }
        catch (FormatException flaw)
        {
            throw new UsageException($"{_folder}: the faults of the run cannot be repeated: {flaw.Message}");
        }
    }

    /// <summary>A game day's fault phase is longer than the file says.</summary>
    private Scenario WithRoomForWaiting(Scenario scenario) => scenario.Faults.Any(fault => fault.Pauses)
        ? scenario with { Phases = scenario.Phases with { Fault = TimeSpan.FromSeconds(Recorded("phases").GetProperty("fault").GetDouble()) } }
        : scenario;

    private JsonElement Recorded(string key) => _manifest.ResolvedScenario is { } settings && settings.TryGetProperty(key, out var value)
        ? value
        : throw new UsageException($"{_folder}: the run's manifest says nothing of its {key}; only runs of this version can be repeated.");

    /// <summary>The plan's hash decides; the settings and the files tell why it differs.</summary>
    private void CheckTraffic(Scenario scenario, string file)
    {
        var plan = Planner.Create(scenario, _manifest.Seed, new PlanInputs(new PromptFiles(Directory.GetCurrentDirectory())));
        if (plan.Sha256 == _manifest.PlanSha256)
        {
            return;
        }

        var now = JsonSerializer.SerializeToElement(ScenarioSettings.Of(scenario));
        var differences = Traffic.SelectMany(key => Differences(key, Recorded(key), now.GetProperty(key)))
            .Concat(_manifest.Files.Where(one => plan.Files.GetValueOrDefault(one.Key) is { } sha256 && sha256 != one.Value)
                .Select(one => $"the file {one.Key} has changed"))
            .Take(MostDifferences).ToList();
        if (differences.Count == 0)
        {
            differences.Add(_manifest.ToolVersion == ToolVersion.Text
                ? "the plan's hash, though the settings are the same"
                : $"the tool, which was {_manifest.ToolVersion} and is {ToolVersion.Text}");
        }

        throw new UsageException([
            $"{file}: scenario '{scenario.Name}' does not send what {_folder} sent, so its faults cannot meet the same requests. What differs:",
            .. differences.Select(difference => "  " + difference),
        ]);
    }

    /// <summary>Leaves that are not the same, by path.</summary>
    private static IEnumerable<string> Differences(string path, JsonElement then, JsonElement now) => (then.ValueKind, now.ValueKind) switch
    {
        (JsonValueKind.Object, JsonValueKind.Object) => then.EnumerateObject().Select(one => one.Name)
            .Union(now.EnumerateObject().Select(one => one.Name)).SelectMany(name => Differences(
                $"{path}.{name}", then.TryGetProperty(name, out var left) ? left : default, now.TryGetProperty(name, out var right) ? right : default)),
        (JsonValueKind.Array, JsonValueKind.Array) when then.GetArrayLength() == now.GetArrayLength() => then.EnumerateArray()
            .Zip(now.EnumerateArray()).SelectMany((pair, number) => Differences($"{path}[{number}]", pair.First, pair.Second)),
        _ when Shown(then) == Shown(now) => [],
        _ => [$"{path} was {Shown(then)} and is {Shown(now)}"],
    };

    private static string Shown(JsonElement value) =>
        value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? "nothing" : Printable.Line(value.GetRawText(), 120);

    /// <summary>What the run decided becomes a setting; null for a fault that never started.</summary>
    private Fault? AsItHappened(Fault fault)
    {
        var moves = _events.OfType<JournalEvent.FaultTransition>().Where(move => move.Fault == fault.Id).ToList();
        var first = moves.FirstOrDefault(move => move.State == FaultState.Ordered)?.At;
        var last = moves.LastOrDefault(move => move.State == FaultState.Cleared)?.At;
        var happened = fault;
        if (fault is { Schedule.After: not null } or { Schedule.Until: not null } or { Pauses: true })
        {
            if (first is not { } started || last is not { } ended || ended <= started)
            {
                return null;
            }

            // The first window of a random row does not open at once: its lead belongs to the time.
            var lead = FaultWindows.Place(fault, 0, _manifest.Seed, long.MaxValue) is var placed ? placed.Windows[0].Start - placed.Start : 0;
            var at = Ticks(started - lead);
            happened = fault with
            {
                At = at,
                For = fault.Schedule.Until is null ? fault.For : Ticks(ended) - at,
                Pauses = false,
                Schedule = fault.Schedule with { After = null, Until = null },
            };
        }

        var victims = _events.OfType<JournalEvent.Injection>().Where(one => one.Fault == fault.Id && one.Key.StartsWith("replica-", StringComparison.Ordinal))
            .Select(one => one.Key["replica-".Length..]).Distinct().ToList();
        return fault.Scope == FaultScope.Replica && victims.Count == 1 && !fault.Select.ContainsKey("replica")
            ? happened with { Select = new Dictionary<string, string>(fault.Select) { ["replica"] = victims[0] } }
            : happened;
    }

    private static TimeSpan Ticks(long nanos) => TimeSpan.FromTicks(nanos / 100);
}
