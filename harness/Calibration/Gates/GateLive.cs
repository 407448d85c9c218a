using ChaosBench.Harness.Running;
using ChaosBench.Reports.Calibrating;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Harness.Calibrating.Gates;

/// <summary>
/// Verdicts of whole runs, by the path of <c>chaosbench run</c>: targets started, load, journal, judge, reports. Identical builds and
/// regressions take turns; each run has other arrivals.
/// </summary>
internal sealed class GateLive(GateSettings settings, GateFolder folder, Action<string> tell, TimeProvider time)
{
    private const int WarmUpTurns = 4;

    /// <summary>Seeds of live runs lie beyond those of any round.</summary>
    private const int FirstSeed = 1_000_000;

    public async Task<IReadOnlyList<LiveVerdict>> RunAsync(int count, int pairs, CancellationToken cancellation)
    {
        // What is slower by itself; other models would need targets of their own.
        var kinds = settings.Regressions.Where(regression => regression is not (Regression.HalfPrecision or Regression.Undertrained))
            .Prepend(new Regression.Same()).ToList();
        var verdicts = new List<LiveVerdict>();
        var started = time.GetTimestamp();
        for (var number = 0; number < count && !cancellation.IsCancellationRequested; number++)
        {
            var regression = kinds[number % kinds.Count];
            var run = await OneAsync(number, regression, pairs, cancellation).ConfigureAwait(false);
            if (cancellation.IsCancellationRequested)
            {
                break;
            }

            verdicts.Add(Verdict(run, regression, pairs));
            var left = time.GetElapsedTime(started) * (count - number - 1) / (number + 1);
            tell($"live {number + 1} of {count}, {regression.Name}: {verdicts[^1].Verdict}; about {Wording.Duration(left.TotalSeconds)} left");
        }

        return verdicts;
    }

    private async Task<RunResult> OneAsync(int number, Regression regression, int pairs, CancellationToken cancellation)
    {
        using var line = new DelayLine(time);
        var parts = new RegressionParts(line, settings.MeanGap / 2, settings.Loaded.Suite.Seed);
        var run = new RunSettings
        {
            Loaded = settings.Loaded,
            OutFolder = Path.Combine(folder.Path, "live"),
            Watcher = new PlainWatcher(TextWriter.Null),
            ReplayCommand = settings.ReplayCommand,
            Inconclusive = InconclusivePolicy.Keep,
            InFront = (role, target) => new RegressedTarget(target, role == TargetRole.Candidate ? regression : new Regression.Same(), parts),
        };
        var scenario = settings.Scenario with
        {
            Phases = new PhaseDurations(settings.Arm * WarmUpTurns, settings.Arm * 2 * pairs, TimeSpan.Zero, TimeSpan.Zero),
        };
        var inputs = new PlanInputs(new PromptFiles(Directory.GetCurrentDirectory())) { Block = settings.Arm };
        var plan = Planner.Create(scenario, settings.SeedOf(FirstSeed + number), inputs);
        return await new ScenarioRunner(run, time).RunAsync(plan, cancellation).ConfigureAwait(false);
    }

    private LiveVerdict Verdict(RunResult run, Regression regression, int pairs) => new(
        regression.Name, pairs, Kebab.Of(run.Summary.Verdict),
        run.Summary.Findings.Where(finding => finding.Kind == FindingKinds.Gate)
            .ToDictionary(finding => finding.Objective, finding => Kebab.Of(finding.Verdict), StringComparer.Ordinal),
        Path.GetRelativePath(folder.Path, run.Folder).Replace('\\', '/'));
}
