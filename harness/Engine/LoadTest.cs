using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using ChaosBench.Chaos;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Engine;

/// <summary>
/// One scenario against a target of yours, to its verdict: what a test needs that holds a model to its gates, in any .NET host. Nothing is
/// written. Faults on a timeline, golden answers, judges and run folders are <c>chaosbench run</c>'s.
/// </summary>
public static class LoadTest
{
    private static readonly string Version =
        typeof(LoadTest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <param name="scenario">Text of a scenario file with one scenario. Prompt files are found from the current folder.</param>
    /// <param name="candidate">What is asked, whatever target the text names; it is started here and stays the caller's.</param>
    /// <param name="baseline">What it is compared with, of a scenario with a baseline.</param>
    /// <returns>
    /// As in <c>summary.json</c>: the verdict, a headline that says why, and every objective as a finding. A cancelled run has that verdict.
    /// </returns>
    /// <exception cref="ArgumentException">The text is no such scenario: every problem of it, a line each.</exception>
    /// <exception cref="TargetUnavailableException">A target does not start.</exception>
    public static async Task<Summary> RunAsync(
        string scenario, ITarget candidate, ITarget? baseline = null, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(candidate);
        if (baseline is not null && baseline.Name == candidate.Name)
        {
            throw new ArgumentException($"both targets are called '{candidate.Name}'; nobody could tell their answers apart", nameof(baseline));
        }

        var plan = PlanOf(scenario, baseline is not null);
        var targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = candidate };
        if (baseline is not null)
        {
            targets[TargetRole.Baseline] = baseline;
        }

        foreach (var target in targets.Values)
        {
            await target.StartAsync(cancellation).ConfigureAwait(false);
        }

        var journal = new Kept();
        journal.Write(JournalHeader.For(plan, (time ?? TimeProvider.System).GetUtcNow(), Version) with
        {
            // By what they call themselves, as they will stand in every observation.
            Targets = targets.ToDictionary(target => target.Key == TargetRole.Baseline ? "baseline" : "candidate", target => target.Value.Name),
        });
        var outcome = await LoadEngine.RunAsync(new RunRequest { Plan = plan, Targets = targets, Journal = journal }, cancellation).ConfigureAwait(false);
        journal.Write(new JournalEvent.RunEnded { At = outcome.Ended, Ending = outcome.Ending, Reason = outcome.Reason, Healed = HealState.NotNeeded });
        return Judge.Decide(Measurements.Fold(journal.Events), new RunFacts { Cores = Environment.ProcessorCount });
    }

    private static Plan PlanOf(string text, bool hasBaseline)
    {
        var read = ScenarioReader.Read("scenario", Encoding.UTF8.GetBytes(text), new ReadOptions { Faults = FaultCatalogue.All, FileExists = Path.Exists });
        if (read.Suite is not { } suite)
        {
            throw new ArgumentException(string.Join('\n', read.Problems), nameof(text));
        }

        if (suite.Scenarios is not [var scenario])
        {
            throw new ArgumentException($"there are {suite.Scenarios.Count} scenarios in the text; one is run", nameof(text));
        }

        var problem = scenario.Faults.Count > 0 ? "it has faults, which chaosbench run injects"
            : scenario.Golden is not null || scenario.Judge is not null ? "it asks golden answers or a judge, which chaosbench run does"
            : scenario.UntilDecided is not null ? "it goes on until it is decided, which chaosbench run does"
            : scenario.Baseline is not null != hasBaseline ? $"it has {(hasBaseline ? "no baseline, and one" : "a baseline, and none")} was handed over" : null;
        if (problem is not null)
        {
            throw new ArgumentException($"scenario '{scenario.Name}': {problem}", nameof(text));
        }

        try
        {
            return Planner.Create(scenario, suite.Seed, new PlanInputs(new PromptFiles(Directory.GetCurrentDirectory())));
        }
        catch (PromptException broken)
        {
            throw new ArgumentException(broken.Message, nameof(text), broken);
        }
    }

    private sealed class Kept : IJournalWriter
    {
        private readonly ConcurrentQueue<JournalEvent> _events = new();

        public IEnumerable<JournalEvent> Events => _events;

        public void Write(JournalEvent @event) => _events.Enqueue(@event);
    }
}
