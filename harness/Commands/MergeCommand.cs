using System.CommandLine;
using System.Globalization;
using ChaosBench.Harness.Provenance;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Merging;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench merge RUN...</c>: the shards of one run become one run, with one verdict.</summary>
internal static class MergeCommand
{
    public static Command Build(Terminal terminal)
    {
        var runs = new Argument<DirectoryInfo[]>("RUN")
        {
            Description = "Run folders of all shards, or a folder that holds nothing but them",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<DirectoryInfo>("--out")
        {
            Description = "Folder for the merged run's folder",
            DefaultValueFactory = _ => new DirectoryInfo("runs"),
            HelpName = "DIR",
        };
        var inconclusive = new Option<InconclusivePolicy>("--inconclusive")
        {
            Description = "What an inconclusive run exits with: its own code 2 (default), fail 1, or 0 with or without a warning",
            DefaultValueFactory = _ => InconclusivePolicy.Keep,
            CustomParser = OptionValues.OneOf<InconclusivePolicy>(),
            HelpName = "keep|fail|warn|pass",
        };
        var json = new Option<bool>("--json") { Description = "The summary as JSON on stdout" };
        var command = new Command("merge", "Join the shards of one run and judge the whole\n\n  chaosbench run scenarios.yaml --scenario steady --shard 1/4 --out shards\n  chaosbench merge shards\n  chaosbench merge host-a/run host-b/run --inconclusive fail")
        {
            runs, output, inconclusive, json,
        };
        command.SetAction(parsed =>
        {
            try
            {
                using var signer = Attestation.KeyOfEnvironment(Environment.GetEnvironmentVariable);
                var policy = parsed.GetValue(inconclusive);
                var shards = ShardSet.Open([.. parsed.GetValue(runs)!.SelectMany(FoldersIn)]);
                var (folder, run) = Merger.MergeAndReport(shards, policy == InconclusivePolicy.Keep ? null : policy.ToString().ToLowerInvariant(), parsed.GetValue(output)!.FullName);
                var summary = run.Summary;
                terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"merged {shards.Runs.Count} of {shards.Of} shards into {Printable.Line(folder)}"));
                terminal.Error.WriteLine(Running.RunWords.Verdict(summary));
                if (signer is not null)
                {
                    Attestation.TryWrite(folder, signer).ToList().ForEach(line => terminal.Error.WriteLine(Printable.Line(line)));
                }

                if (parsed.GetValue(json))
                {
                    terminal.Out.Write(RunFiles.ToJson(summary));
                }

                return summary.ExitCode;
            }
            catch (JournalException problem)
            {
                throw new UsageException(problem.Message.Split('\n'));
            }
        });
        return command;
    }

    /// <summary>A folder with a manifest is a run; any other stands for the runs in it. A link such as <c>latest</c> is one of them again.</summary>
    private static IEnumerable<string> FoldersIn(DirectoryInfo folder)
    {
        if (!folder.Exists)
        {
            throw new UsageException($"{folder}: no such run folder.");
        }

        if (File.Exists(Path.Combine(folder.FullName, RunFolder.ManifestName)))
        {
            return [folder.FullName];
        }

        var inside = folder.EnumerateDirectories().Where(run => run.LinkTarget is null && File.Exists(Path.Combine(run.FullName, RunFolder.ManifestName)))
            .Select(run => run.FullName).Order(StringComparer.Ordinal).ToList();
        return inside.Count > 0 ? inside : throw new UsageException($"{folder}: neither a run folder nor a folder with run folders in it.");
    }
}
