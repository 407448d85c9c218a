using System.CommandLine;
using System.Globalization;
using ChaosBench.Harness.Baselines;
using ChaosBench.Harness.Provenance;
using ChaosBench.Harness.Storing;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Merging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench merge RUN...</c>: the shards of one run become one run, with one verdict.</summary>
internal static class MergeCommand
{
    public static Command Build(Terminal terminal, TimeProvider time)
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
        var inconclusive = OptionValues.Inconclusive();
        var json = new Option<bool>("--json") { Description = "The summary as JSON on stdout" };
        var baseline = new BaselineOptions();
        var store = new StoreOptions("Also put the merged run into the store that a team shares, and take --baseline from there");
        var command = new Command("merge", "Join the shards of one run and judge the whole\n\n  chaosbench run scenarios.yaml --scenario steady --shard 1/4 --out shards\n  chaosbench merge shards\n  chaosbench merge host-a/run host-b/run --inconclusive fail")
        {
            runs, output, inconclusive, json,
        };
        baseline.AddTo(command);
        store.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                using var signer = Attestation.KeyOfEnvironment(Environment.GetEnvironmentVariable);
                var policy = parsed.GetValue(inconclusive);
                var shards = ShardSet.Open([.. parsed.GetValue(runs)!.SelectMany(RunFolders.In)]);
                var order = new Order(
                    shards, parsed.GetValue(output)!.FullName, policy == InconclusivePolicy.Keep ? null : policy.ToString().ToLowerInvariant(),
                    (parsed.GetValue(baseline.Baseline), baseline.Limits(parsed)));
                await using var baselines = store.Baselines(parsed, order.Out);
                var (summary, folder) = await MergeAsync(order, baselines, cancellation).ConfigureAwait(false);
                terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"merged {shards.Runs.Count} of {shards.Of} shards into {Printable.Line(folder)}"));
                terminal.Error.WriteLine(Running.RunWords.Verdict(summary));
                if (signer is not null)
                {
                    Attestation.TryWrite(folder, signer).ToList().ForEach(line => terminal.Error.WriteLine(Printable.Line(line)));
                }

                if (store.Read(parsed) is { } address && await Pushing.AfterRunAsync(address, folder, time).ConfigureAwait(false) is { } trouble)
                {
                    terminal.Error.WriteLine(Printable.Line(trouble));
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

    private static async Task<(Summary Summary, string Folder)> MergeAsync(Order order, IBaselines baselines, CancellationToken cancellation)
    {
        if (order.Baseline.Name is not { } name)
        {
            var (merged, run) = Merger.MergeAndReport(order.Shards, order.Policy, order.Out);
            return (run.Summary, merged);
        }

        var scenario = order.Shards.Runs[0].Manifest.Scenario;
        var held = await HeldAgainst.OpenAsync(baselines, name, [scenario], order.Baseline.Limits, cancellation).ConfigureAwait(false);
        var folder = Merger.Merge(order.Shards, order.Policy, order.Out);
        held.Freeze(folder, scenario);
        return (RunFolder.Rebuild(folder).Summary, folder);
    }

    /// <param name="Policy">What becomes of an inconclusive verdict. Null: nothing.</param>
    private sealed record Order(ShardSet Shards, string Out, string? Policy, (string? Name, (double Margin, double Points) Limits) Baseline);
}
