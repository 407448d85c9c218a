using System.CommandLine;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Goldens;
using ChaosBench.Reports.Goldens;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench golden record|check|show</c>: answers in vector form, and whether later ones are still like them.</summary>
internal static class GoldenCommand
{
    public static Command Build(Terminal terminal, TimeProvider time) => new(
        "golden", "Record what a target answers as vectors, and hold later answers against them\n\n  chaosbench golden record scenarios.yaml goldens/triage --scenario smoke --embedder scenarios/models/triage-v1\n  chaosbench golden check scenarios.yaml goldens/triage --scenario smoke --set targets.candidate.model=scenarios/models/triage-v2")
    {
        Record(terminal, time), Check(terminal, time), Show(terminal),
    };

    private static Command Record(Terminal terminal, TimeProvider time)
    {
        var parts = new Parts("record", "Ask the candidate every prompt of a scenario several times and keep the answers as vectors", repeats: 5);
        var embedder = new Option<string>("--embedder")
        {
            Description = "hashed (spelling only), target (its own /v1/embeddings), or a folder with a sentence encoder or a model that has embedding.onnx",
            DefaultValueFactory = _ => "hashed", HelpName = "hashed|target|DIR",
        };
        var keep = new Option<bool>("--keep-text") { Description = "Keep the answers themselves in the manifest too" };
        parts.Command.Options.Add(embedder);
        parts.Command.Options.Add(keep);
        parts.Command.SetAction(async (parsed, cancellation) =>
        {
            var settings = parts.Settings(parsed, parsed.GetValue(embedder)!) with { KeepText = parsed.GetValue(keep) };
            if (settings.Embedder is not ("hashed" or "target") && !Directory.Exists(settings.Embedder))
            {
                throw new UsageException($"--embedder {settings.Embedder}: there is no such folder; write hashed, target or the folder of a model.");
            }

            try
            {
                var snapshot = await new GoldenRecorder(settings, Tell(terminal), time).RecordAsync(cancellation).ConfigureAwait(false);
                Write(settings.Folder, snapshot, terminal.Out);
                return snapshot.Cohorts.All(cohort => cohort.Threshold is not null) ? ExitCodes.Pass : ExitCodes.Inconclusive;
            }
            catch (Exception problem) when (problem is GoldenException or TargetUnavailableException)
            {
                terminal.Error.WriteLine(Printable.Line($"golden record: {problem.Message}"));
                return ExitCodes.Error;
            }
        });
        return parts.Command;
    }

    private static Command Check(Terminal terminal, TimeProvider time)
    {
        var parts = new Parts("check", "Ask the candidate again and hold its answers against a snapshot: exit 0 within, 1 not, 2 cannot tell, 3 damaged", repeats: 3);
        var margin = new Option<double>("--margin")
        {
            Description = "Mean loss of cosine that is tolerated", DefaultValueFactory = _ => GoldenCheck.Margin, HelpName = "LOSS",
            CustomParser = result => double.TryParse(result.Tokens[0].Value, System.Globalization.CultureInfo.InvariantCulture, out var loss) && loss is >= 0 and <= 1
                ? loss : Refuse(result, $"--margin {result.Tokens[0].Value}: write a number from 0 to 1, for example 0.02"),
        };
        var json = new Option<bool>("--json") { Description = "The findings as JSON on stdout" };
        parts.Command.Options.Add(margin);
        parts.Command.Options.Add(json);
        parts.Command.SetAction(async (parsed, cancellation) =>
        {
            var report = await CheckAsync(new GoldenRecorder(parts.Settings(parsed, "") with { Margin = parsed.GetValue(margin) }, Tell(terminal), time), cancellation)
                .ConfigureAwait(false);
            if (parsed.GetValue(json))
            {
                terminal.Out.Write(RunFiles.ToJson(report.Report));
            }
            else
            {
                foreach (var finding in report.Report.Findings)
                {
                    terminal.Out.WriteLine(Printable.Line($"{Word(finding.Verdict, finding.Check),-12} {finding.Check,-12} {finding.Cohort}: {finding.Sentence} ({finding.ReasonCode})"));
                }
            }

            terminal.Error.WriteLine(Printable.Line($"golden check: {(report.Code == ExitCodes.Error ? "ERROR" : report.Report.Verdict.ToString().ToUpperInvariant())} (exit {report.Code}): {report.Report.Headline}"));
            return report.Code;
        });
        return parts.Command;
    }

    private static Command Show(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of a snapshot" };
        var json = new Option<bool>("--json") { Description = "The snapshot as JSON on stdout" };
        var command = new Command("show", "What a snapshot holds: who answered, who embedded, thresholds by cohort") { folder, json };
        command.SetAction(parsed =>
        {
            try
            {
                var golden = GoldenFolder.Read(parsed.GetValue(folder)!);
                if (parsed.GetValue(json))
                {
                    terminal.Out.Write(RunFiles.ToJson(golden.Snapshot));
                }
                else
                {
                    Write(parsed.GetValue(folder)!, golden.Snapshot, terminal.Out);
                }

                return ExitCodes.Pass;
            }
            catch (GoldenException problem)
            {
                terminal.Error.WriteLine(Printable.Line($"golden show: {problem.Message} ({problem.ReasonCode})"));
                return ExitCodes.Error;
            }
        });
        return command;
    }

    /// <summary>What cannot be compared is never within.</summary>
    private static async Task<(GoldenReport Report, int Code)> CheckAsync(GoldenRecorder recorder, CancellationToken cancellation)
    {
        try
        {
            var report = await recorder.CheckAsync(cancellation).ConfigureAwait(false);
            return (report, report.ExitCode);
        }
        catch (TargetUnavailableException problem)
        {
            return (One(FindingVerdict.Fail, GoldenReasons.TargetFailed, problem.Message), ExitCodes.Fail);
        }
        catch (GoldenException problem)
        {
            var broken = problem.ReasonCode is GoldenReasons.Missing or GoldenReasons.Damaged;
            return (One(FindingVerdict.Inconclusive, problem.ReasonCode, problem.Message), broken ? ExitCodes.Error : ExitCodes.Inconclusive);
        }
    }

    private static GoldenReport One(FindingVerdict verdict, string reason, string sentence) =>
        new(verdict, sentence, [new GoldenFinding("all", "within", verdict, reason, sentence)]);

    private static string Word(FindingVerdict verdict, string check) => (verdict, check) switch
    {
        (_, "distribution") => "info",
        (FindingVerdict.Pass, _) => "held",
        (FindingVerdict.Fail, _) => "broken",
        _ => "unclear",
    };

    private static void Write(string folder, GoldenSnapshot snapshot, TextWriter output)
    {
        output.WriteLine(Printable.Line($"golden    {folder}: scenario {snapshot.Scenario}, seed {snapshot.Seed}, recorded {snapshot.RecordedUtc.ToString("u", System.Globalization.CultureInfo.InvariantCulture)}"));
        output.WriteLine(Printable.Line($"answers   by {string.Join(", ", snapshot.Generator.Where(fact => fact.Key is "location" or "model" or "modelSha256" or "runtime" or "device").Select(fact => $"{fact.Key} {fact.Value}"))}"));
        output.WriteLine(Printable.Line($"embedder  {snapshot.Embedder.Kind} {snapshot.Embedder.Place} {snapshot.Embedder.ModelSha256}, {snapshot.Embedder.Dimension} dimensions: {snapshot.Embedder.Note}"));
        output.WriteLine(Printable.Line($"polarity  {snapshot.Polarity.Words}"));
        foreach (var cohort in snapshot.Cohorts)
        {
            output.WriteLine(Printable.Line(FormattableString.Invariant(
                $"cohort    {cohort.Label}: {cohort.Cases} cases, {cohort.Answers} answers, ") + (cohort.Threshold is { } threshold
                    ? FormattableString.Invariant($"threshold {threshold:0.0000} (alpha {snapshot.Alpha}), repeats {cohort.MeanSelf:0.0000} alike on average")
                    : $"no threshold: {cohort.Lack}")));
        }
    }

    private static Action<string> Tell(Terminal terminal) => line => terminal.Error.WriteLine(Printable.Line($"golden: {line}"));

    private static double Refuse(System.CommandLine.Parsing.ArgumentResult result, string why)
    {
        result.AddError(why);
        return 0;
    }

    /// <summary>What recording and checking have in common on the command line.</summary>
    private sealed class Parts
    {
        private readonly ScenarioOptions _options = new();
        private readonly Argument<string> _folder = new("DIR") { Description = "Folder of the snapshot" };
        private readonly Option<int> _repeats;
        private readonly Option<int> _cases = new("--cases")
        {
            Description = "At most so many prompts, in the order of the plan", DefaultValueFactory = _ => 100, HelpName = "N", CustomParser = OptionValues.Whole(1, 10_000),
        };

        public Parts(string name, string description, int repeats)
        {
            _repeats = new Option<int>("--repeats")
            {
                Description = "How often each prompt is asked in each cohort", DefaultValueFactory = _ => repeats, HelpName = "N", CustomParser = OptionValues.Whole(1, 100),
            };
            Command = new Command(name, description);
            _options.AddTo(Command, comparing: false); // it asks one version, prompt by prompt
            Command.Arguments.Add(_folder);
            Command.Options.Add(_repeats);
            Command.Options.Add(_cases);
        }

        public Command Command { get; }

        public GoldenSettings Settings(ParseResult parsed, string embedder)
        {
            var loaded = ScenarioLoading.Load(_options, parsed);
            return loaded.Plan() is [var plan]
                ? new GoldenSettings(loaded, plan, parsed.GetValue(_folder)!, embedder, parsed.GetValue(_repeats), parsed.GetValue(_cases))
                : throw new UsageException($"{loaded.Suite.Path}: has several scenarios; name one with --scenario {loaded.Suite.Scenarios[0].Name}.");
        }
    }
}
