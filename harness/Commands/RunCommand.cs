using System.CommandLine;
using ChaosBench.Chaos;
using ChaosBench.Harness.Baselines;
using ChaosBench.Harness.Provenance;
using ChaosBench.Harness.Running;
using ChaosBench.Harness.Running.Detections;
using ChaosBench.Harness.Running.Shards;
using ChaosBench.Harness.Storing;
using ChaosBench.Harness.Telemetry;
using ChaosBench.Harness.Ui;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Planning;
using Spectre.Console;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench run FILE</c>: validate, plan, run, judge, report.</summary>
internal static class RunCommand
{
    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var options = new ScenarioOptions();
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder for run folders", DefaultValueFactory = _ => new DirectoryInfo("runs"), HelpName = "DIR" };
        var inconclusive = OptionValues.Inconclusive();
        var waivers = new Option<FileInfo>("--waivers")
        {
            Description = "File of gates that do not count for a while: waivers: [{ gate, owner, reason, expires, scenario }]",
            HelpName = "FILE",
        };
        var noContent = new Option<bool>("--no-content") { Description = "Keep no prompts and outputs, only their hashes and lengths" };
        var redact = new Option<FileInfo?>("--redact")
        {
            Description = "More to take out of kept prompts and outputs: a file of names, and of patterns between slashes, one a line "
                + "(e-mail addresses, telephone and card numbers and keys always are)",
            HelpName = "FILE",
        };
        var json = new Option<bool>("--json") { Description = "The summaries as JSON on stdout" };
        var drill = new DrillOptions();
        var view = new RunViewOptions();
        var otlp = new OtlpOptions();
        var shards = new ShardOptions();
        var licences = new LicenceOptions();
        var baseline = new BaselineOptions();
        var store = new StoreOptions("Also put each run into the store that a team shares, and take --baseline from there");
        var command = new Command("run", "Run the scenarios of a file and judge them\n\n  chaosbench run scenarios.yaml\n  chaosbench run scenarios.yaml --scenario steady --seed 7\n  chaosbench run scenarios.yaml --set targets.candidate.model=scenarios/models/triage-damaged");
        options.AddTo(command);
        command.Options.Add(output);
        command.Options.Add(inconclusive);
        command.Options.Add(waivers);
        command.Options.Add(noContent);
        command.Options.Add(redact);
        command.Options.Add(json);
        drill.AddTo(command);
        view.AddTo(command);
        otlp.AddTo(command);
        shards.AddTo(command);
        licences.AddTo(command);
        baseline.AddTo(command);
        store.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var loaded = drill.Apply(ScenarioLoading.Load(options, parsed), parsed, parsed.GetValue(options.Seed));
            if (parsed.GetValue(drill.DryRun))
            {
                return DryRun(loaded, terminal);
            }

            licences.Require(parsed, loaded.Suite, terminal);
            var sharding = shards.Read(parsed, loaded.Suite, Environment.GetEnvironmentVariable);
            await using var baselines = store.Baselines(parsed, parsed.GetValue(output)!.FullName);
            var held = await HeldAsync((parsed.GetValue(baseline.Baseline), baseline.Limits(parsed)), baselines, (loaded, sharding), cancellation).ConfigureAwait(false);
            var watcher = Watcher(terminal);
            await using var page = await RunView.StartAsync(view, parsed, watcher, parsed.GetValue(output)!, (terminal, time)).ConfigureAwait(false);
            var settings = new RunSettings
            {
                Loaded = loaded,
                OutFolder = parsed.GetValue(output)!.FullName,
                Watcher = page?.Watcher ?? watcher,
                WatchesEnds = page is not null,
                ReplayCommand = ReplayCommand.For(parsed, loaded.Suite.Seed),
                Inconclusive = parsed.GetValue(inconclusive),
                Waivers = WaiverLoading.Load(parsed.GetValue(waivers), loaded.Suite, terminal, time),
                Content = parsed.GetValue(noContent) ? null : Redaction.Rules(parsed.GetValue(redact), loaded.Variables),
                StopFile = parsed.GetValue(drill.StopFile)?.FullName,
                IsGameDay = parsed.GetValue(drill.GameDay),
                HasKeys = terminal.IsInteractive,
                Otlp = otlp.Read(parsed),
                Sharding = sharding,
                Baseline = held,
                Store = store.Read(parsed),
            };
            var exit = await RunAllAsync(settings, terminal, parsed.GetValue(json), time, cancellation).ConfigureAwait(false);
            await (page?.LingerAsync(cancellation) ?? Task.CompletedTask).ConfigureAwait(false);
            return exit;
        });
        return command;
    }

    /// <summary>The runs that the scenarios are held against, read before anything is sent; null where none is asked for.</summary>
    private static async Task<HeldAgainst?> HeldAsync(
        (string? Name, (double Margin, double Points) Limits) asked, IBaselines baselines, (LoadedSuite Loaded, Sharding? Sharding) run, CancellationToken cancellation)
    {
        if (asked.Name is null)
        {
            return null;
        }

        return run.Sharding is null
            ? await HeldAgainst.OpenAsync(baselines, asked.Name, run.Loaded.Suite.Scenarios.Select(scenario => scenario.Name), asked.Limits, cancellation).ConfigureAwait(false)
            : throw new UsageException("--baseline beside --shard: a slice of a plan is not held against a whole run; give --baseline to chaosbench merge.");
    }

    private static IRunWatcher Watcher(Terminal terminal) => terminal.IsInteractive
        ? new LiveWatcher(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) }))
        : new PlainWatcher(terminal.Error);

    /// <summary>Whatever becomes of it, the verdict stands.</summary>
    private static async Task ExportAsync(RunSettings settings, string folder, TimeProvider time, CancellationToken cancellation)
    {
        if (settings.Otlp is { } otlp)
        {
            var result = await OtlpExport.RunAsync(folder, otlp, OtlpExport.RunPatience, time, cancellation).ConfigureAwait(false);
            settings.Watcher.Tell(result.Line(otlp, folder));
        }

        if (settings.Store is { } store && await Pushing.AfterRunAsync(store, folder, time).ConfigureAwait(false) is { } trouble)
        {
            settings.Watcher.Tell(Printable.Line(trouble));
        }
    }

    private static bool IsStopped(RunSettings settings) => settings.StopFile is { } file && File.Exists(file);

    /// <summary>The plans, once it is sure that this machine can do its part in them.</summary>
    /// <exception cref="UsageException">Prompts, faults, or ports that are taken: all of them at once.</exception>
    private static IReadOnlyList<Plan> Plans(LoadedSuite loaded)
    {
        var plans = loaded.Plan();
        var refusals = plans.SelectMany(plan => DetectionEars.Refusals(plan.Scenario.Detections)
            .Select(refusal => $"{loaded.Suite.Path}: scenario '{plan.Scenario.Name}': {refusal}")).ToList();
        return refusals.Count == 0 ? plans : throw new UsageException(refusals);
    }

    private static int DryRun(LoadedSuite loaded, Terminal terminal)
    {
        foreach (var plan in Plans(loaded))
        {
            PlanSummaryText.Write(PlanSummary.Of(plan, loaded.Suite.Requested, FaultCatalogue.All), terminal.Out);
        }

        terminal.Error.WriteLine("dry run: nothing was sent and nothing was broken.");
        return ExitCodes.Pass;
    }

    private static async Task<int> RunAllAsync(
        RunSettings settings, Terminal terminal, bool json, TimeProvider time, CancellationToken cancellation)
    {
        // A key that cannot sign is told before anything is sent.
        using var signer = Attestation.KeyOfEnvironment(Environment.GetEnvironmentVariable);
        var plans = Plans(settings.Loaded);
        if (IsStopped(settings))
        {
            throw new UsageException($"{settings.StopFile}: the stop file is there; nothing was sent. Remove it to run.");
        }

        if (settings.Sharding?.Missed(plans[0], time.GetUtcNow()) is { } missed)
        {
            terminal.Error.WriteLine(missed);
            return ExitCodes.Of(RunVerdict.Inconclusive, settings.Inconclusive);
        }

        if (!await HealCommand.BeforeRunAsync(terminal, time, cancellation).ConfigureAwait(false))
        {
            terminal.Error.WriteLine("nothing was sent: what an earlier run left broken would be measured as this one's.");
            return ExitCodes.Error;
        }

        var results = new List<RunResult>();
        foreach (var plan in plans)
        {
            results.Add(await new ScenarioRunner(settings, time).RunAsync(plan, cancellation).ConfigureAwait(false));
            await ExportAsync(settings, results[^1].Folder, time, cancellation).ConfigureAwait(false);
            if (signer is not null)
            {
                Attestation.TryWrite(results[^1].Folder, signer).ToList().ForEach(settings.Watcher.Tell);
            }

            if (cancellation.IsCancellationRequested || IsStopped(settings))
            {
                break;
            }
        }

        if (json)
        {
            terminal.Out.Write(RunFiles.ToJson(results.Select(result => result.Summary).ToList()));
        }
        else if (results.Count > 1)
        {
            foreach (var result in results)
            {
                terminal.Out.WriteLine($"{result.Summary.ExitCode}  {result.Summary.Verdict.ToString().ToLowerInvariant(),-12}  {Printable.Line(result.Summary.Scenario, 60)}  {result.Folder}");
            }
        }

        return ExitCodes.Merge(results.Select(result => result.Summary.ExitCode));
    }
}
