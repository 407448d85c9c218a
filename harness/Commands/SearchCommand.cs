using System.CommandLine;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Goldens;
using ChaosBench.Harness.Searching;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench search FILE --for latency|quality</c>: the prompts that hurt most, in their smallest form.</summary>
internal static class SearchCommand
{
    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var options = new SearchOptions();
        var command = new Command(
            "search",
            "Search for worst-case prompts: damage a scenario's prompts, keep what is answered late or wrong, make it small, measure it afresh\n\n"
            + "  chaosbench search scenarios.yaml --scenario smoke --for quality\n  chaosbench search scenarios.yaml --scenario smoke --for latency --budget 2m\n"
            + "  chaosbench search scenarios.yaml --scenario smoke --for quality --replay worst-cases/worst.jsonl\n\n"
            + "Exit code: 0 nothing found, 2 finds that need a look, 3 the target does not serve, 4 bad usage, 130 stopped; the finds so far are kept");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (loaded, settings) = options.Read(parsed);
            await using var target = new AskedTarget(settings.Plan.Scenario.Candidate, loaded, time);
            try
            {
                await target.StartAsync(cancellation).ConfigureAwait(false);
            }
            catch (TargetUnavailableException problem)
            {
                terminal.Error.WriteLine(Printable.Line($"search: {problem.Message}"));
                return ExitCodes.Error;
            }

            return parsed.GetValue(options.Replay) is { } corpus
                ? await ReplayAsync(settings, target, corpus, terminal, time, cancellation).ConfigureAwait(false)
                : await SearchAsync(settings, target, (parsed.GetValue(options.Out)!, parsed.GetValue(options.Json)), terminal, time, cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> SearchAsync(
        SearchSettings settings, AskedTarget target, (DirectoryInfo Folder, bool Json) output, Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        var search = new WorstCaseSearch(settings, target.AskAsync, line => terminal.Error.WriteLine(Printable.Line($"search: {line}", 400)), time);
        var result = await search.RunAsync(cancellation).ConfigureAwait(false);
        var report = new SearchReport
        {
            ToolVersion = ToolVersion.Text,
            Scenario = settings.Plan.Scenario.Name,
            Target = target.Settings.Name,
            Facts = target.Identity.Facts,
            Goal = settings.Goal,
            Seed = settings.Seed,
            Requests = result.Requests,
            Budget = settings.Requests,
            Parents = result.Parents,
            LeftOut = result.LeftOut,
            Cancelled = result.IsCancelled,
            Finds = [.. result.Finds.Select(FoundCase.Of)],
            Unconfirmed = [.. result.Unconfirmed.Select(specimen => specimen.Kind)],
        };
        SearchFiles.Write(output.Folder.FullName, settings, result, report);
        if (output.Json)
        {
            terminal.Out.Write(RunFiles.ToJson(report));
        }
        else
        {
            Show(settings, result, output.Folder.ToString(), terminal.Out);
        }

        return result switch
        {
            { IsCancelled: true } => ExitCodes.Cancelled,
            { Parents: 0 } => ExitCodes.Error,
            { Finds.Count: 0 } => ExitCodes.Pass,
            _ => ExitCodes.Inconclusive,
        };
    }

    private static void Show(SearchSettings settings, SearchResult result, string folder, TextWriter output)
    {
        void Line(string text) => output.WriteLine(Printable.Line(text, 600));
        foreach (var find in result.Finds)
        {
            var steps = string.Join(", ", find.Minimal.Specimen.Steps.Select(step => step.Mutator));
            Line($"{find.Id}  {find.Minimal.Specimen.Parent.Name} by {steps}: {find.Effect.Words(settings.Goal)}");
            Line(FormattableString.Invariant($"    {find.Minimal.Edits} edited characters{(find.Minimal.IsMinimal ? ", none of which can be left out" : "; the budget ended before fewer were tried")}; tokens in {find.CleanTokensIn} -> {find.WorstTokensIn}, out {find.CleanTokensOut} -> {find.WorstTokensOut}"));
            Line($"    clean  {find.Minimal.Clean}");
            Line($"    worst  {find.Minimal.Worst}");
        }

        foreach (var specimen in result.Unconfirmed)
        {
            Line($"?   {specimen.Kind}: not shown on fresh pairs");
        }

        Line(FormattableString.Invariant($"{result.Finds.Count} worst cases for {settings.Goal.ToString().ToLowerInvariant()} from {result.Parents} clean prompts in {result.Requests} requests{(result.IsCancelled ? ", stopped early" : "")}; {(result.Finds.Count > 0 ? $"corpus and scenario in {folder}" : "nothing that fresh pairs show")}"));
    }

    private static async Task<int> ReplayAsync(
        SearchSettings settings, AskedTarget target, string corpus, Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        var again = await new CorpusReplay(settings, target.AskAsync, time).RunAsync(corpus, cancellation).ConfigureAwait(false);
        foreach (var one in again)
        {
            terminal.Out.WriteLine(Printable.Line($"{(one.Effect.Shows ? "again " : "gone  ")} {one.Id}  {one.Parent}: {one.Effect.Words(settings.Goal)}", 600));
        }

        return again.Any(one => one.Effect.Shows) ? ExitCodes.Inconclusive : ExitCodes.Pass;
    }
}
