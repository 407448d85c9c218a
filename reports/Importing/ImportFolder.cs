using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Importing;

/// <summary>
/// An imported run as a run folder like any other. What the file does not tell is absent; where it has no instants every request stands at
/// the start of the run, and the notes say so.
/// </summary>
public static class ImportFolder
{
    /// <summary>Requests after which the lines go to the disk, so that they do not pile up in memory.</summary>
    private const int FlushEvery = 2_000;

    private const string Undated = "The file tells no date: as a run it is dated by when the file was written.";

    /// <summary>Makes the folder with manifest, journal and every report.</summary>
    /// <returns>Its path and what was judged.</returns>
    /// <exception cref="JournalException">The folder cannot be written.</exception>
    public static async Task<(string Folder, RunReport Run)> WriteAsync(
        ImportedRun run, IReadOnlyList<ResultFile> files, ImportOrders orders, string parent, TimeProvider time)
    {
        var started = run.StartedUtc ?? orders.FallbackStart;
        var name = orders.Name ?? NameOf(run, files[0]);
        var plan = PlanOf(run, files);
        var folder = RunFolder.Create(parent, started, name, seed: 0);
        RunFiles.WriteManifest(folder, Manifest(run, files, orders, (name, started, plan)));
        var journal = JournalWriter.Create(folder, time);
        await using (journal.ConfigureAwait(false))
        {
            Fill(journal, run, orders, (name, started, plan));
        }

        return (folder, RunFolder.Rebuild(folder));
    }

    /// <summary>What the manifest says of the import: definitions, notes, and every figure beside its recount.</summary>
    public static ImportFacts Facts(ImportedRun run, IReadOnlyList<ResultFile> files) => new()
    {
        Format = run.Format,
        Tool = run.Tool,
        ToolVersion = run.ToolVersion,
        Form = run.Form,
        Files = [.. files.Select(file => new ImportedFile(file.Name, file.Sha256, file.Bytes))],
        Number = run.Number,
        Definitions = run.Definitions,
        Untold = [.. run.Untold.Concat(NotTold(run)).Distinct()],
        Percentiles = run.Percentiles,
        OfferedRate = OfferedRate(run),
        Partial = run.Partial,
        Notes = [.. run.Notes, .. run.StartedUtc is null ? [Undated] : Array.Empty<string>(), .. Instants(run), .. Corrected(run)],
        Figures = Recount.Of(run),
    };

    private static Manifest Manifest(
        ImportedRun run, IReadOnlyList<ResultFile> files, ImportOrders orders, (string Name, DateTimeOffset Started, string Plan) known) => new()
    {
        ToolVersion = orders.ToolVersion,
        StartedUtc = known.Started,
        Scenario = known.Name,
        ScenarioFile = files[0].Name,
        ScenarioSha256 = files[0].Sha256,
        ResolvedScenario = JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["workload"] = run.Settings }),
        Seed = 0,
        PlanSha256 = known.Plan,
        Targets = [new TargetEntry("candidate", TargetOf(run), run.Format, run.Location ?? "not told", new Dictionary<string, string>())],

        // The machine that made the load is the other tool's, which does not tell.
        Machine = new MachineFacts("not told", "not told", "not told", null, 0, null),
        ReplayCommand = orders.Command,
        Import = Facts(run, files),
    };

    private static void Fill(JournalWriter journal, ImportedRun run, ImportOrders orders, (string Name, DateTimeOffset Started, string Plan) known)
    {
        var end = End(run);
        journal.Write(new JournalEvent.RunStarted
        {
            At = 0,
            Schema = JournalFile.CurrentSchema,
            ToolVersion = orders.ToolVersion,
            StartedUtc = known.Started,
            Scenario = known.Name,
            Seed = 0,
            PlanSha256 = known.Plan,
            OpenWorkload = IsPlanned(run),
            Phases = [new PhaseWindow(Phase.Baseline, 0, end)],
            Faults = [],
            Targets = new Dictionary<string, string> { ["candidate"] = TargetOf(run) },
            Objectives = new RequestObjectives(),
            SteadyState = [],
            Gates = orders.Gates,
            PlannedArrivals = IsPlanned(run) ? run.Requests.Count : null,
        });
        var cohorts = new Dictionary<(string Group, bool Streamed), Cohort>();
        for (var i = 0; i < run.Requests.Count; i++)
        {
            journal.Write(Observation(i, run.Requests[i], TargetOf(run), cohorts));
            if (i % FlushEvery == 0)
            {
                journal.Flush();
            }
        }

        journal.Write(new JournalEvent.RunEnded { At = end, Ending = RunEnding.Completed, Healed = HealState.NotNeeded });
    }

    private static JournalEvent.Observation Observation(
        int number, ImportedRequest request, string target, Dictionary<(string, bool), Cohort> cohorts)
    {
        var key = (request.Group ?? "imported", request.Streamed);
        if (!cohorts.TryGetValue(key, out var cohort))
        {
            cohorts[key] = cohort = new Cohort(key.Item1, 0, 0, key.Streamed, 1, PromptRole.Traffic, GraderKind.None, new Dictionary<string, string>());
        }

        var sent = request.Sent ?? request.Planned ?? 0;
        var ended = Nanos.FromSeconds(sent + (request.Ended ?? request.LastToken ?? 0));
        return new JournalEvent.Observation
        {
            At = ended,
            Arrival = number,
            Conversation = request.Conversation,
            Target = target,
            Phase = request.IsWarmUp ? Phase.WarmUp : Phase.Baseline,
            Block = 0,
            Cohort = cohort,
            PromptId = (number + 1).ToString(CultureInfo.InvariantCulture),
            Planned = Nanos.FromSeconds(request.Planned ?? sent),
            Sent = request.Outcome == Outcome.NotSent ? null : Nanos.FromSeconds(sent),
            FirstToken = request.FirstToken is { } first ? Nanos.FromSeconds(sent + first) : null,
            LastToken = request.LastToken is { } last ? Nanos.FromSeconds(sent + last) : null,
            Ended = ended,
            Outcome = request.Outcome,
            Reason = request.Reason,
            Status = request.Status,
            InputTokens = request.InputTokens,
            OutputTokens = request.OutputTokens,
            FirstEventTokens = request is { FirstToken: not null, OutputTokens: > 0 } ? 1 : null,
            Gaps = [.. request.Gaps.Select(gap => new TokenGap(Nanos.FromSeconds(gap), 1))],
            PromptSha256 = "",
        };
    }

    private static bool IsPlanned(ImportedRun run) => run.Requests.Count > 0 && run.Requests.All(request => request.Planned is not null);

    private static bool HasInstants(ImportedRun run) => run.Requests.Any(request => request.Sent is not null || request.Planned is not null);

    private static IEnumerable<string> Instants(ImportedRun run) => run.Requests.Count > 0 && !HasInstants(run)
        ? ["The file tells how long each request took and not when it was sent: all of them stand at the start of the run, and nothing over time can be read from it."]
        : [];

    /// <summary>Without instants and length there is no rate, without planned instants no lateness, without counts no tokens per second.</summary>
    private static IEnumerable<string> NotTold(ImportedRun run) =>
    [
        .. IsPlanned(run) ? [] : new[] { "dispatch_lag" },
        .. HasInstants(run) || run.Duration is not null ? [] : new[] { "goodput", "request_rate", "output_token_rate" },
        .. run.Requests.All(request => request.OutputTokens is not null || request.Outcome != Outcome.Completed) ? [] : new[] { "output_token_rate" },
    ];

    /// <summary>How much the tool's own latencies leave out, where the file tells when requests were due.</summary>
    private static IEnumerable<string> Corrected(ImportedRun run)
    {
        var ok = run.Requests.Where(request => request is { Counted: true, Planned: not null, Sent: not null, LastToken: not null }).ToList();
        if (ok.Count == 0)
        {
            yield break;
        }

        double At(Func<ImportedRequest, double> read) => QuantileEstimators.OfSorted(QuantileEstimators.Sorted([.. ok.Select(read)]), 0.99);
        yield return $"Latency is counted from the instant at which a request was due: p99 of the whole answer is {Wording.Duration(At(one => one.Sent!.Value + one.LastToken!.Value - one.Planned!.Value))} "
            + $"so, and {Wording.Duration(At(one => one.LastToken!.Value))} from the send; p99 of the lateness is {Wording.Duration(At(one => one.Sent!.Value - one.Planned!.Value))}.";
    }

    /// <summary>Of sent requests, from the first instant to the last.</summary>
    private static double? OfferedRate(ImportedRun run)
    {
        var instants = run.Requests.Select(request => request.Planned ?? request.Sent).OfType<double>().ToList();
        return instants.Count > 1 && instants.Max() - instants.Min() is > 0 and var span ? (instants.Count - 1) / span : null;
    }

    private static long End(ImportedRun run) => Math.Max(1, Nanos.FromSeconds(Math.Max(
        run.Duration ?? 0, run.Requests.Select(request => (request.Sent ?? request.Planned ?? 0) + (request.Ended ?? request.LastToken ?? 0)).DefaultIfEmpty(0).Max())));

    private static string TargetOf(ImportedRun run) => run.Target ?? run.Format;

    private static string NameOf(ImportedRun run, ResultFile file) =>
        run.Format + "-" + file.Stem + (run.Number > 1 ? FormattableString.Invariant($"-{run.Number}") : "");

    /// <summary>There is no plan: the same file gives the same requests.</summary>
    private static string PlanOf(ImportedRun run, IReadOnlyList<ResultFile> files) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{files[0].Sha256}#{run.Number}"))));
}
