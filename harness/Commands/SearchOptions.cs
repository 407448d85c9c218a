using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ChaosBench.Harness.Searching;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Harness.Commands;

/// <summary>The command line of <c>search</c>.</summary>
internal sealed class SearchOptions
{
    private const int MostRequests = 1_000_000;
    private readonly ScenarioOptions _scenario = new();

    private readonly Option<SearchGoal> _goal = new("--for")
    {
        Description = "What is worst: answered late, or answered wrong", HelpName = "latency|quality", Required = true, CustomParser = OptionValues.OneOf<SearchGoal>(),
    };

    private readonly Option<Allowance> _budget = new("--budget")
    {
        Description = "At most so many requests, or so long: 1200, 2m", HelpName = "N|DURATION",
        DefaultValueFactory = _ => new Allowance(1_200, null), CustomParser = ReadAllowance,
    };

    private readonly Option<int> _parents = Count("--prompts", "Clean prompts to start from, in the order of the plan", 8, 1, 1_000);
    private readonly Option<int> _finds = Count("--finds", "At most so many finds are made small and measured afresh", 3, 1, 50);
    private readonly Option<int> _pairs = Count("--pairs", "Fresh pairs of a find and its clean twin", 12, 6, 1_000);

    private readonly Option<string[]> _mutators = new("--mutators")
    {
        Description = "Kinds of damage (default for quality: those that a reader does not see as another text; for latency: all of texts)",
        HelpName = "NAME", AllowMultipleArgumentsPerToken = true,
    };

    public Option<DirectoryInfo> Out { get; } = new("--out")
    {
        Description = "Folder for the corpus, a scenario that asks it, and the report", DefaultValueFactory = _ => new DirectoryInfo("worst-cases"), HelpName = "DIR",
    };

    public Option<string?> Replay { get; } = new("--replay") { Description = "Measure the finds of this corpus again instead of searching", HelpName = "CORPUS" };
    public Option<bool> Json { get; } = new("--json") { Description = "The report as JSON on stdout" };

    public void AddTo(Command command)
    {
        _scenario.AddTo(command, comparing: false);
        Option[] own = [_goal, _budget, _parents, _finds, _pairs, _mutators, Out, Replay, Json];
        foreach (var option in own)
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UsageException">Several scenarios, unknown mutators, a budget that is too small.</exception>
    public (LoadedSuite Loaded, SearchSettings Settings) Read(ParseResult parsed)
    {
        var loaded = ScenarioLoading.Load(_scenario, parsed);
        if (loaded.Plan() is not [var plan])
        {
            throw new UsageException($"{loaded.Suite.Path}: has several scenarios; name one with --scenario {loaded.Suite.Scenarios[0].Name}.");
        }

        var allowance = parsed.GetValue(_budget)!;
        var settings = new SearchSettings(plan, parsed.GetValue(_goal))
        {
            Requests = allowance.Requests,
            Length = allowance.Length,
            Parents = parsed.GetValue(_parents),
            Finds = parsed.GetValue(_finds),
            Pairs = parsed.GetValue(_pairs),
            Mutators = Mutators(parsed.GetValue(_mutators) ?? [], parsed.GetValue(_goal)),
        };
        return settings.Requests >= WorstCaseSearch.Fewest(settings) ? (loaded, settings) : throw new UsageException(FormattableString.Invariant(
            $"--budget {settings.Requests}: {settings.Finds} finds with {settings.Pairs} fresh pairs, from {settings.Parents} prompts, take at least {WorstCaseSearch.Fewest(settings)} requests; allow more, or ask for less with --finds, --pairs, --prompts."));
    }

    private static IReadOnlyList<Mutator> Mutators(string[] names, SearchGoal goal)
    {
        if (names.Length == 0)
        {
            return goal == SearchGoal.Quality ? TextMutators.LookingAlike : TextMutators.All;
        }

        return [.. names.SelectMany(name => name.Split(',', StringSplitOptions.RemoveEmptyEntries)).Distinct().Select(name => TextMutators.Find(name)
            ?? throw new UsageException($"--mutators {name}: not known; write some of {string.Join(", ", TextMutators.Names)}"))];
    }

    private static Option<int> Count(string name, string description, int usual, int least, int most) => new(name)
    {
        Description = description, DefaultValueFactory = _ => usual, HelpName = "N", CustomParser = OptionValues.Whole(least, most),
    };

    private static Allowance ReadAllowance(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var requests) && requests is > 0 and <= MostRequests)
        {
            return new Allowance(requests, null);
        }

        var (length, problem) = DurationText.Read(text);
        if (problem is not null || length < TimeSpan.FromSeconds(1) || length > TimeSpan.FromHours(24))
        {
            result.AddError($"--budget {text}: write a number of requests up to {MostRequests}, or a duration from 1s to 24h");
        }

        return new Allowance(MostRequests, length);
    }

    /// <param name="Length">Null: only requests count.</param>
    private sealed record Allowance(int Requests, TimeSpan? Length);
}
