using System.Globalization;
using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>The top level of the file.</summary>
internal static class SuiteKeys
{
    private const int MostNames = 100;

    private static readonly Key<int> Version = new("version", Scalars.Count(1, 1), "Version of this format.")
        { Required = true, Example = "1" };
    private static readonly Key<ulong> Seed = new("seed", Scalars.Seed, "Root of all randomness; --seed replaces it.")
        { Default = "1", Example = "20261120" };

    private static readonly MapOf<Target> TargetMap = new(TargetKeys.Kind, "targets", Names.Pattern, MostNames);
    private static readonly MapOf<PromptSet> PromptMap = new(PromptKeys.Kind, "prompt sets", Names.Pattern, MostNames);

    private static readonly Key<IReadOnlyDictionary<string, Target>> Targets = new(
        "targets", TargetMap, "Systems under test, by name.")
        { Required = true, Example = "{ candidate: { type: onnx, model: scenarios/models/triage-v1 } }" };

    private static readonly Key<IReadOnlyDictionary<string, PromptSet>> Prompts = new(
        "prompts", PromptMap, "Where prompts come from, by name: a file, mutators over another set, or a generator.")
        { Required = true, Example = "{ tickets: scenarios/recorded/tickets.jsonl }" };

    private static readonly Key<IReadOnlyList<Scenario?>> Scenarios = new(
        "scenarios", new ListOf<Scenario?>(ScenarioKeys.Table, "scenarios", 1, 100), "The experiments, run in this order.")
        { Required = true, Example = "[{ rate: 10/s }]" };

    private static readonly Key<Authority> Allow = new(
        "allow", AllowKeys.Table, "What this file asks the operator to allow. It grants nothing: the command line does.")
        { Default = "{}", Example = "{ hosts: [llm.example.com] }" };

    public static IReadOnlyList<Key> Keys { get; } = [Version, Seed, Targets, Prompts, Scenarios, Allow];

    /// <summary>The suite's parts; the reader adds path and hash.</summary>
    public static Table<SuiteParts?> Table { get; } = new("suite", "the file", "A ChaosBench scenario file.", Keys, Read);

    private static SuiteParts? Read(KeyReader keys)
    {
        var reading = keys.Reading;
        keys.Get(Version);
        var seed = keys.Get(Seed);
        if (keys.NodeOf(Targets) is { } targets && TargetMap.TryOpen(targets, reading, out var targetNames))
        {
            reading.Targets.Declare(targetNames);
        }

        if (keys.NodeOf(Prompts) is { } prompts && PromptMap.TryOpen(prompts, reading, out var promptNames))
        {
            reading.Prompts.Declare(promptNames);
        }

        reading.Targets.ReadAll(reading);
        reading.Prompts.ReadAll(reading);
        var scenarios = keys.Get(Scenarios);
        var allow = keys.Get(Allow);
        return keys.IsSound ? new SuiteParts(seed, Named(scenarios, keys), allow) : null;
    }

    private static List<Scenario> Named(IReadOnlyList<Scenario?> scenarios, KeyReader keys)
    {
        var named = new List<Scenario>(scenarios.Count);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var nodes = ((ListNode)keys.NodeOf(Scenarios)!).Items;
        for (var number = 0; number < scenarios.Count; number++)
        {
            var scenario = scenarios[number]!;
            var name = scenario.Name.Length > 0 ? scenario.Name
                : string.Create(CultureInfo.InvariantCulture, $"scenario-{number + 1}");
            if (!names.Add(name))
            {
                keys.Reading.Report(((MapNode)nodes[number]).Find("name")?.Place ?? nodes[number].Place,
                    $"a second scenario with the name {Shown.Quoted(name)}", "give each scenario its own name");
            }

            named.Add(scenario with { Name = name });
        }

        return named;
    }
}

internal sealed record SuiteParts(ulong Seed, IReadOnlyList<Scenario> Scenarios, Authority Requested);

/// <summary>What stands under <c>allow:</c>.</summary>
internal static class AllowKeys
{
    private static readonly Key<IReadOnlyList<string>> Hosts = new(
        "hosts", new ListOf<string>(Scalars.PlainText("a host", "llm.example.com:443", @"^[A-Za-z0-9.:\[\]-]{1,255}$"), "hosts",
            most: 100),
        "HOST or HOST:PORT; granted by --allow-host.") { Default = "[]", Example = "[llm.example.com]" };

    private static readonly Key<IReadOnlyList<string>> Environment = new(
        "environment", new ListOf<string>(
            Scalars.PlainText("a variable's name", "API_KEY", "^[A-Za-z_][A-Za-z0-9_]{0,127}$"), "variables", most: 100),
        "Environment variables; granted by --allow-env.") { Default = "[]", Example = "[API_KEY]" };

    private static readonly Key<bool> Exec = new("exec", Scalars.Bool, "Running programs; granted by --allow-exec.")
        { Default = "false" };
    private static readonly Key<bool> Docker = new("docker", Scalars.Bool, "Acting on containers; granted by --allow-docker.")
        { Default = "false" };
    private static readonly Key<bool> Pid = new("pid", Scalars.Bool, "Acting on processes; granted by --allow-pid.")
        { Default = "false" };

    public static Table<Authority> Table { get; } = new(
        "allow", "a request for authority", "What this file asks the operator to allow.", [Hosts, Environment, Exec, Docker, Pid],
        keys => new Authority(keys.Get(Hosts), keys.Get(Environment), keys.Get(Exec), keys.Get(Docker), keys.Get(Pid)));
}
