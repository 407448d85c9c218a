using System.CommandLine;
using System.CommandLine.Parsing;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Calibrating.Gates;
using ChaosBench.Reports.Calibrating;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench calibrate gate</c>: how often gates are wrong on this machine, from identical builds and injected regressions.</summary>
internal static class CalibrateGateCommand
{
    private const string UsualFile = "scenarios/gate.yaml";
    private const string Help = "Measure how often gates fail an identical build and how often they find a regression; reports then quote it\n\n"
        + "  chaosbench calibrate gate\n  chaosbench calibrate gate --pairs 40 --regressions +10%,slow-1%,truncated\n  chaosbench calibrate gate --resume runs/latest";

    private sealed record Options(
        ScenarioOptions Scenario, Option<int> Pairs, Option<TimeSpan> Arm, Option<double?> Rate, Option<string[]> Regressions, Option<int> Live,
        Option<DirectoryInfo> Out, Option<DirectoryInfo?> Resume, Option<bool> Json)
    {
        public Option<int?> LivePairs { get; init; } = null!;
    }

    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var options = Declare();
        var command = new Command("gate", Help);
        options.Scenario.File.Arity = ArgumentArity.ZeroOrOne;
        options.Scenario.File.DefaultValueFactory = _ => UsualFile;
        options.Scenario.AddTo(command, comparing: false); // its rounds are of the length that --pairs and --arm say
        Option[] own = [options.Pairs, options.Arm, options.Rate, options.Regressions, options.Live, options.LivePairs, options.Out, options.Resume, options.Json];
        foreach (var option in own)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(options.Resume) is not { } place)
            {
                return RunAsync(Settings(options, parsed, Arguments(parsed)), null, Chosen(options, parsed), terminal, time, cancellation);
            }

            var begun = new GateFolder(place.FullName).ReadBegun();
            Refuse(options, parsed);
            var again = command.Parse([.. begun.Arguments]);
            var settings = Settings(options, again, begun.Arguments);
            return settings.Loaded.Suite.Sha256 == begun.ScenarioSha256
                ? RunAsync(settings, place.FullName, Later(options, parsed, again), terminal, time, cancellation)
                : throw new UsageException($"--resume {place.FullName}: {settings.Loaded.Suite.Path} has changed since; begin again without --resume.");
        });
        return command;
    }

    private static Options Declare() => new(
        new ScenarioOptions(),
        new Option<int>("--pairs")
        {
            Description = "Pairs of identical builds, and of each regression", HelpName = "N", DefaultValueFactory = _ => 120,
            CustomParser = OptionValues.Whole(5, 10_000),
        },
        new Option<TimeSpan>("--arm")
        {
            Description = "One version's turn; a pair takes two", HelpName = "DURATION", DefaultValueFactory = _ => TimeSpan.FromSeconds(1),
            CustomParser = OptionValues.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
        },
        new Option<double?>("--rate") { Description = "Requests per second, Poisson (default: the scenario's workload)", HelpName = "RATE", CustomParser = OptionValues.Rate() },
        new Option<string[]>("--regressions")
        {
            Description = $"What is injected, separated by commas: {Regression.Known}", HelpName = "NAMES",
            DefaultValueFactory = _ => ["+5%,+10%,+20%"],
        },
        new Option<int>("--live")
        {
            Description = "Then so many verdicts of whole runs, by turns of identical builds and of each regression", HelpName = "N",
            DefaultValueFactory = _ => 0, CustomParser = OptionValues.Whole(0, 1000),
        },
        new Option<DirectoryInfo>("--out") { Description = "Folder for run folders", DefaultValueFactory = _ => new DirectoryInfo("runs"), HelpName = "DIR" },
        new Option<DirectoryInfo?>("--resume") { Description = "Go on with what was stopped: record what is missing, then estimate", HelpName = "DIR" },
        new Option<bool>("--json") { Description = "The result as JSON on stdout" })
    {
        LivePairs = new Option<int?>("--live-pairs")
        {
            Description = "Pairs of each live run (default: as many as the first gate needs)", HelpName = "N",
            CustomParser = result => OptionValues.Whole(5, 10_000)(result),
        },
    };

    private static List<string> Arguments(ParseResult parsed)
    {
        var words = parsed.Tokens.Select(token => token.Value).SkipWhile(word => word is "calibrate" or "gate").ToList();
        for (var at = words.IndexOf("--json"); at >= 0; at = words.IndexOf("--json"))
        {
            words.RemoveAt(at);
        }

        return words;
    }

    private static void Refuse(Options options, ParseResult parsed)
    {
        if (parsed.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(result => !result.Implicit
            && !new Option[] { options.Resume, options.Json, options.Live, options.LivePairs }.Contains(result.Option)) is { } given)
        {
            throw new UsageException($"{given.Option.Name}: the folder after --resume says how the calibration was begun; leave it out.");
        }
    }

    private static GateCalibrator.Choice Chosen(Options options, ParseResult parsed) => new(
        parsed.GetValue(options.Out)!.FullName, parsed.GetValue(options.Live), parsed.GetValue(options.LivePairs), parsed.GetValue(options.Json));

    /// <summary>Live verdicts may be asked for later than the recording.</summary>
    private static GateCalibrator.Choice Later(Options options, ParseResult parsed, ParseResult begun)
    {
        var (first, now) = (Chosen(options, begun), Chosen(options, parsed));
        return first with { Json = now.Json, Live = now.Live > 0 ? now.Live : first.Live, LivePairs = now.LivePairs ?? first.LivePairs };
    }

    /// <exception cref="UsageException">Everything that cannot work, before anything is started.</exception>
    private static GateSettings Settings(Options options, ParseResult parsed, IReadOnlyList<string> arguments)
    {
        if (parsed.Errors.Count > 0)
        {
            throw new UsageException([.. parsed.Errors.Select(error => error.Message)]);
        }

        var regressions = parsed.GetValue(options.Regressions)!.SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(Regression.Parse).Where(regression => regression is not Regression.Same).Distinct().ToList();
        var loaded = ScenarioLoading.Load(options.Scenario, parsed);
        var scenario = loaded.Suite.Scenarios[0];
        if (loaded.Suite.Scenarios.Count > 1)
        {
            throw new UsageException($"{loaded.Suite.Path}: it has {loaded.Suite.Scenarios.Count} scenarios; choose one with --scenario "
                + $"{string.Join(" or ", loaded.Suite.Scenarios.Take(3).Select(one => one.Name))}.");
        }

        var twins = GateSettings.Twins(scenario, parsed.GetValue(options.Rate)) with { Gates = Comparing(loaded, scenario) };
        var refusals = regressions.Select(regression => GateTargets.Refusal(regression, twins.Candidate)).OfType<string>().ToList();
        if (refusals.Count > 0)
        {
            throw new UsageException([.. refusals.Select(why => $"--regressions: {why}")]);
        }

        var settings = new GateSettings
        {
            Loaded = loaded,
            Scenario = twins,
            Arguments = arguments,
            ReplayCommand = ReplayCommand.For(parsed, loaded.Suite.Seed),
            Pairs = parsed.GetValue(options.Pairs),
            Arm = parsed.GetValue(options.Arm),
            Regressions = regressions,
        };
        return settings with { MeanGap = GateCalibrator.MeanGap(settings) };
    }

    /// <summary>The gates that compare with the baseline; where there are none, the usual ones.</summary>
    private static List<Objective> Comparing(LoadedSuite loaded, Scenario scenario)
    {
        var own = scenario.Gates.Where(gate => gate.Kind == GateKind.Gate && gate.LimitKind != LimitKind.Absolute).ToList();
        return own.Count > 0 ? own : throw new UsageException(
            $"{loaded.Suite.Path}: scenario '{scenario.Name}' has no gate \"vs baseline\" whose errors could be estimated; add one, for example "
            + "\"p99 e2e <= +5% vs baseline\", or leave FILE out.");
    }

    private static async Task<int> RunAsync(
        GateSettings settings, string? resumed, GateCalibrator.Choice choice, Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        var calibrator = new GateCalibrator(settings, choice, line => terminal.Error.WriteLine($"calibrate gate: {Printable.Line(line, 400)}"), time);
        try
        {
            var (found, folder) = await calibrator.RunAsync(resumed, cancellation).ConfigureAwait(false);
            if (found is null)
            {
                terminal.Error.WriteLine($"calibrate gate: stopped; what was recorded stays: chaosbench calibrate gate --resume {folder}");
                return ExitCodes.Cancelled;
            }

            if (choice.Json)
            {
                terminal.Out.Write(RunFiles.ToJson(found));
            }
            else
            {
                terminal.Out.Write(GateMarkdown.Render(found));
                terminal.Out.WriteLine(Path.Combine(folder, GateFiles.PageName));
            }

            return found.Doubts.Count == 0 ? ExitCodes.Pass : ExitCodes.Inconclusive;
        }
        catch (TargetUnavailableException missing)
        {
            throw new JournalException(missing.Message, missing);
        }
    }
}
