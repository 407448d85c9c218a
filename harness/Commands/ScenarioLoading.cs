using System.Collections;
using System.CommandLine;
using ChaosBench.Chaos;
using ChaosBench.Harness.Running;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Files.Keys;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Harness.Commands;

/// <summary>A scenario file that was read and that the operator lets run.</summary>
/// <param name="Resolve">Puts the environment's values into <c>${NAME}</c>. They are secrets.</param>
internal sealed record LoadedSuite(Suite Suite, Func<Templated, string> Resolve)
{
    /// <summary>Environment variables that the operator allows.</summary>
    public IReadOnlyCollection<string> Variables { get; init; } = [];

    /// <summary>Plans every chosen scenario.</summary>
    /// <exception cref="UsageException">Prompts that cannot be read, faults that the targets cannot carry: all of them at once.</exception>
    public IReadOnlyList<Plan> Plan()
    {
        var plans = new List<Plan>();
        var problems = new List<string>();
        foreach (var scenario in Suite.Scenarios)
        {
            try
            {
                var plan = Planner.Create(scenario, Suite.Seed, new PlanInputs(new PromptFiles(Directory.GetCurrentDirectory())));
                problems.AddRange(Preflight.Refusals(plan, Resolve).Select(refusal => $"{Suite.Path}: {refusal}"));
                problems.AddRange(FaultLimits.Refusals(plan).Select(refusal => $"{Suite.Path}: scenario '{scenario.Name}': {refusal}"));
                plans.Add(plan);
            }
            catch (PromptException exception)
            {
                problems.Add($"{Suite.Path}: scenario '{scenario.Name}': {exception.Message}");
            }
        }

        return problems.Count == 0 ? plans : throw new UsageException(problems);
    }
}

/// <summary>Reads a scenario file for <c>run</c>, <c>validate</c> and <c>plan</c>.</summary>
internal static class ScenarioLoading
{
    /// <summary>One byte more than the reader accepts, so that it can say what is wrong without reading a huge file.</summary>
    private const int MostBytes = (1 << 20) + 1;

    private static readonly PairBudget UsualBudget = new(TimeSpan.FromMinutes(10), null);

    /// <exception cref="UsageException">Every problem of the file and of the operator's options, one a line.</exception>
    /// <param name="file">Where it is not the command's argument.</param>
    public static LoadedSuite Load(ScenarioOptions options, ParseResult parsed, string? file = null)
    {
        var path = file ?? parsed.GetValue(options.File)!;
        var read = ScenarioReader.Read(path, Bytes(path), ReadOptions(options, parsed));
        if (read.Suite is null)
        {
            throw new UsageException([.. read.Problems.Select(problem => problem.ToString())]);
        }

        var granted = new Authority(
            parsed.GetValue(options.AllowHost) ?? [], parsed.GetValue(options.AllowEnv) ?? [],
            parsed.GetValue(options.AllowExec), parsed.GetValue(options.AllowDocker), parsed.GetValue(options.AllowPid));
        var variables = Variables();
        var missing = AuthorityCheck.Missing(read, granted, variables);
        return missing.Count == 0
            ? new LoadedSuite(WithBudget(read.Suite, options, parsed), new EnvironmentResolver(granted.Environment, variables).Resolve) { Variables = [.. granted.Environment] }
            : throw new UsageException([.. missing.Select(problem => problem.ToString())]);
    }

    /// <summary>What the command line says of going on until it is decided, for every chosen scenario.</summary>
    private static Suite WithBudget(Suite suite, ScenarioOptions options, ParseResult parsed)
    {
        var budget = parsed.GetValue(options.Budget);
        if (!parsed.GetValue(options.UntilDecided))
        {
            return budget is null ? suite
                : throw new UsageException("--budget: says how long a run may go on, and nothing lets it; add --until-decided");
        }

        var scenarios = suite.Scenarios.Select(scenario => scenario with { UntilDecided = budget ?? scenario.UntilDecided ?? UsualBudget }).ToList();
        var problems = scenarios.Select(scenario => (scenario.Name, Problem: ComparisonChecks.ProblemOfBudget(scenario)))
            .Where(one => one.Problem is not null).Select(one => $"{suite.Path}: scenario '{one.Name}': --until-decided: {one.Problem}").ToList();
        return problems.Count == 0 ? suite with { Scenarios = scenarios } : throw new UsageException(problems);
    }

    private static ReadOptions ReadOptions(ScenarioOptions options, ParseResult parsed) => new()
    {
        Faults = FaultCatalogue.All,
        Mutators = MutatorCatalogue.Names,
        Overrides = [.. (parsed.GetValue(options.Set) ?? []).Select(Override)],
        SelectedScenarios = parsed.GetValue(options.Scenario) ?? [],
        Seed = parsed.GetValue(options.Seed),
        FileExists = Path.Exists,
        ReadJsonSchema = SchemaFiles.Read,
    };

    private static SettingOverride Override(string text) => SettingOverride.Parse(text)
        ?? throw new UsageException($"--set {text}: no '=' found; write PATH=VALUE, for example --set targets.candidate.replicas=3");

    private static byte[] Bytes(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[MostBytes];
            return bytes[..file.ReadAtLeast(bytes, MostBytes, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"{path}: there is no such file; name a scenario file, for example scenarios.yaml.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: cannot be read ({exception.Message}); name a scenario file that you may read.");
        }
    }

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "", StringComparer.Ordinal);
}
