using ChaosBench.Engine;
using ChaosBench.Engine.Pacing;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Harness.Calibrating.Gates;

/// <summary>
/// One round of one regression: a short interleaved run of both versions in a run folder of its own, by the planner and the engine of
/// every other run. Block length is the arm; a coin orders the arms and each second pair mirrors the one before.
/// </summary>
internal sealed class RoundRunner(GateSettings settings, GateTargets targets, TimeProvider time)
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(10);

    private readonly PlanInputs _inputs = new(new PromptFiles(Directory.GetCurrentDirectory())) { Block = settings.Arm };
    private bool _warm;

    public Plan Plan(int round) => Planner.Create(
        settings.Scenario with
        {
            // Two pairs that are not counted: what the round before left behind is gone by then.
            Phases = new PhaseDurations(settings.Arm * 3, settings.Arm * 2 * settings.PairsIn(round), TimeSpan.Zero, TimeSpan.Zero),
            Drain = settings.Scenario.Drain < Drain ? settings.Scenario.Drain : Drain,
        },
        settings.SeedOf(round), _inputs);

    /// <returns>False: it was stopped before its end, and counts for nothing.</returns>
    /// <exception cref="JournalException">The folder cannot be written.</exception>
    public async Task<bool> RunAsync(int round, Regression regression, string folder, CancellationToken cancellation)
    {
        var plan = Plan(round);
        var started = time.GetUtcNow();
        Directory.CreateDirectory(folder);
        RunFiles.WriteManifest(folder, ManifestBuilder.Build(plan, AsRun(folder), started, targets.Identities(regression)));
        var clock = new RunClock(time);
        RunOutcome outcome;
        await using (var journal = JournalWriter.Create(folder, time))
        {
            journal.Write(JournalHeader.For(plan, started, ToolVersion.Text));
            outcome = await WalkAsync(plan, regression, journal, clock, cancellation).ConfigureAwait(false);
            journal.Write(new JournalEvent.RunEnded { At = clock.Now, Ending = outcome.Ending, Reason = outcome.Reason, Healed = HealState.NotNeeded });
        }

        return outcome.Ending switch
        {
            RunEnding.Completed => true,
            RunEnding.Cancelled => false,
            _ => throw new JournalException($"{folder}: the round ended early: {outcome.Reason}"),
        };
    }

    private async Task<RunOutcome> WalkAsync(Plan plan, Regression regression, JournalWriter journal, RunClock clock, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _ = journal.Broken.ContinueWith(_ => stop.Cancel(), stop.Token, TaskContinuationOptions.None, TaskScheduler.Default);
        using var line = new DelayLine(time);
        var parts = new RegressionParts(line, settings.MeanGap / 2, settings.Loaded.Suite.Seed);
        await using var candidate = new RegressedTarget(targets.Candidate(regression), regression, parts);
        await using var baseline = new RegressedTarget(targets.Baseline, new Regression.Same(), parts);
        var outcome = await LoadEngine.RunAsync(
            new RunRequest
            {
                Plan = plan,
                Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = candidate, [TargetRole.Baseline] = baseline },
                Journal = journal,
                Clock = clock,
                Pacing = targets.InProcess ? PacerOptions.NoSpin : PacerOptions.Default,
                WarmUp = !_warm,
            },
            stop.Token).ConfigureAwait(false);
        _warm = true;
        return outcome;
    }

    private RunSettings AsRun(string folder) => new()
    {
        Loaded = settings.Loaded,
        OutFolder = folder,
        Watcher = new PlainWatcher(TextWriter.Null),
        ReplayCommand = settings.ReplayCommand,
        Inconclusive = Reports.Judging.InconclusivePolicy.Keep,
    };
}
