using System.CommandLine;
using ChaosBench.Harness.Capacity;
using ChaosBench.Reports.Capacity;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench capacity FILE</c>: the highest rate at which a scenario's traffic is served as asked, also with a node lost.</summary>
internal static class CapacityCommand
{
    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var options = new ScenarioOptions();
        var output = new Option<DirectoryInfo>("--out") { Description = "Folder for run folders", DefaultValueFactory = _ => new DirectoryInfo("runs"), HelpName = "DIR" };
        var from = new Option<double?>("--from") { Description = "First rate tried, for example 40/s (default: the scenario's own)", HelpName = "RATE", CustomParser = OptionValues.Rate() };
        var to = new Option<double?>("--to") { Description = "Highest rate tried", HelpName = "RATE", CustomParser = OptionValues.Rate() };
        var precision = new Option<double>("--precision")
        {
            Description = "How close the answer is to the lowest rate that does not hold", HelpName = "SHARE",
            DefaultValueFactory = _ => 0.05, CustomParser = OptionValues.Share(0.005, 0.5),
        };
        var lost = new Option<int?>("--lost-nodes")
        {
            Description = "Then the same with so many replicas killed; 0 leaves it out (default: 1 where there are two or more in this process)",
            HelpName = "N", CustomParser = result => OptionValues.Whole(0, 63)(result),
        };
        var probe = new Option<TimeSpan>("--probe")
        {
            Description = "Longest probe; one that is clear ends earlier", HelpName = "DURATION",
            DefaultValueFactory = _ => TimeSpan.FromSeconds(15), CustomParser = OptionValues.Duration(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10)),
        };
        var json = new Option<bool>("--json") { Description = "The result as JSON on stdout" };
        var command = new Command("capacity", "Find the highest rate at which a scenario's traffic meets its objectives, and what is left of it when a node is lost\n\n  chaosbench capacity scenarios.yaml --scenario lost-node\n  chaosbench capacity scenarios.yaml --scenario mixed-traffic --from 20/s --to 200/s --precision 2%");
        options.AddTo(command);
        Option[] own = [output, from, to, precision, lost, probe, json];
        foreach (var option in own)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellation) =>
        {
            var loaded = ScenarioLoading.Load(options, parsed);
            var settings = new CapacitySettings
            {
                Loaded = loaded,
                OutFolder = parsed.GetValue(output)!.FullName,
                ReplayCommand = ReplayCommand.For(parsed, loaded.Suite.Seed),
                From = parsed.GetValue(from),
                To = parsed.GetValue(to) ?? CapacitySettings.HighestRate,
                Precision = parsed.GetValue(precision),
                LostNodes = parsed.GetValue(lost),
                LongestProbe = parsed.GetValue(probe),
            };
            Check(settings);
            return await RunAsync(settings, terminal, parsed.GetValue(json), time, cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CapacitySettings settings, Terminal terminal, bool json, TimeProvider time, CancellationToken cancellation)
    {
        var reports = new List<CapacityReport>();
        foreach (var scenario in settings.Loaded.Suite.Scenarios)
        {
            var name = Printable.Line(scenario.Name, 60);
            var runner = new CapacityRunner(settings, scenario, line => terminal.Error.WriteLine($"{name}: {Printable.Line(line, 400)}"), time);
            reports.Add(await FindAsync(runner).ConfigureAwait(false));
            terminal.Error.WriteLine($"{name}: {Printable.Line(reports[^1].Headline)}");
            if (!json)
            {
                terminal.Out.WriteLine(Path.Combine(runner.Folder, CapacityFiles.PageName));
            }

            if (cancellation.IsCancellationRequested)
            {
                break;
            }
        }

        if (json)
        {
            terminal.Out.Write(RunFiles.ToJson(reports));
        }

        return ExitCodes.Merge(reports.Select(report => report.ExitCode));

        async Task<CapacityReport> FindAsync(CapacityRunner runner)
        {
            try
            {
                return await runner.RunAsync(cancellation).ConfigureAwait(false);
            }
            catch (JournalException unwritable) when (runner.Folder.Length == 0)
            {
                // Nothing has been sent: this is about the command line, not about the run.
                throw new UsageException(unwritable.Message);
            }
        }
    }

    /// <summary>Before anything is started or written: all that cannot work.</summary>
    private static void Check(CapacitySettings settings)
    {
        // Reads the prompts too.
        settings.Loaded.Plan();
        var problems = settings.From > settings.To
            ? [FormattableString.Invariant($"--from {settings.From}/s is above --to {settings.To}/s; write a lower first rate.")]
            : new List<string>();
        foreach (var scenario in settings.Loaded.Suite.Scenarios)
        {
            Target?[] targets = [scenario.Candidate, scenario.Baseline];
            problems.AddRange(targets.OfType<Target>().Select(target => Unlosable(target, settings.LostNodes ?? 0)).Append(Unsearchable(scenario.Workload)).OfType<string>()
                .Select(why => $"{settings.Loaded.Suite.Path}: scenario '{scenario.Name}': {why}"));
        }

        if (problems.Count > 0)
        {
            throw new UsageException(problems);
        }
    }

    /// <summary>
    /// Why no rate can be searched for with such a workload; null: one can. When a later turn is asked depends on when the one before was
    /// answered: its rate is the target's doing, and leaving such turns out would measure other traffic than the scenario's.
    /// </summary>
    private static string? Unsearchable(Workload workload) => workload is Workload.Open { Sessions: true } or Workload.Closed { Sessions: true }
        ? "sessions: true: the later turns of conversations follow the answers, so their rate cannot be set and capacity would leave them out; "
            + "write sessions: false to search with the first turns alone, or raise rate (clients, in a closed workload) from run to run."
        : null;

    /// <summary>Why so many nodes of the target cannot be lost; null: they can.</summary>
    private static string? Unlosable(Target target, int lost) => target switch
    {
        _ when lost == 0 => null,
        Target.Onnx onnx when onnx.Replicas > lost => null,
        Target.Onnx onnx => FormattableString.Invariant(
            $"--lost-nodes {lost}: target '{onnx.Name}' has {onnx.Replicas} replica(s) and none would be left; write replicas: {lost + 1} at it, or --lost-nodes 0."),
        _ => $"--lost-nodes {lost}: the replicas of target '{target.Name}' are out of reach; use a target of type onnx, or --lost-nodes 0.",
    };
}
