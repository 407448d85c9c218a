using System.Globalization;
using ChaosBench.Engine;
using ChaosBench.Engine.Pacing;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Capacity;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Harness.Capacity;

/// <summary>
/// One probe: a short run of the scenario's own mix at one rate, Poisson, without its faults, in a run folder of its own; it ends
/// as soon as the meter has seen enough.
/// </summary>
internal sealed class ProbeRunner(CapacitySettings settings, Scenario scenario, string folder, TimeProvider time)
{
    private readonly PlanInputs _inputs = new(new PromptFiles(Directory.GetCurrentDirectory()));
    private readonly ProbeRules _rules = settings.Rules(scenario);
    private int _number;

    /// <param name="number">Another number, other arrivals.</param>
    public Plan Plan(CapacityTarget target, double rate, int number) => Plan(target, rate, number, _rules.For(rate));

    private Plan Plan(CapacityTarget target, double rate, int number, ProbeRules rules) => Planner.Create(
        scenario with
        {
            Candidate = target.Settings,
            Baseline = null,
            Workload = new Workload.Open(new ArrivalProcess.Poisson(new Rate(rate))),
            Phases = new PhaseDurations(Span(rules.WarmUp), Span(rules.Most), TimeSpan.Zero, TimeSpan.Zero),
            Faults = [],
            Abort = [],
            Gates = [],
            SteadyState = [],
            // What has no answer when its limit is over is bad; there is nothing more to wait for.
            Drain = scenario.Objectives.E2e is { } limit && limit < scenario.Drain ? limit : scenario.Drain,
        },
        new SplitMix64(settings.Loaded.Suite.Seed + (ulong)number).NextUInt64(), _inputs);

    /// <param name="series">First part of the probe's folder name.</param>
    /// <param name="whole">A confirmation: twice as long, however clear it looks.</param>
    public async Task<CapacityProbe> RunAsync(
        CapacityTarget target, string series, double rate, bool whole, CancellationToken cancellation)
    {
        var rules = whole ? _rules.For(rate).Whole() : _rules.For(rate);
        var number = ++_number;
        var plan = Plan(target, rate, number, rules);
        var name = Path.Combine("probes", string.Create(CultureInfo.InvariantCulture, $"{number:00}-{series}-{rate:0.##}"));
        var place = Path.Combine(folder, name);
        var started = time.GetUtcNow();
        Directory.CreateDirectory(place);
        Manifest(plan, target, place, started);
        var meter = new ProbeMeter(rules, [.. plan.Arrivals.Select(arrival => arrival.At)]);
        await using (var journal = JournalWriter.Create(place, time))
        {
            journal.Write(JournalHeader.For(plan, started, ToolVersion.Text));
            await WalkAsync(plan, target, meter, journal, cancellation).ConfigureAwait(false);
        }

        return meter.Result(rate) with { Folder = name.Replace('\\', '/') };
    }

    private async Task WalkAsync(Plan plan, CapacityTarget target, ProbeMeter meter, JournalWriter journal, CancellationToken cancellation)
    {
        var clock = new RunClock(time);
        var watch = new ProbeWatch(meter, journal, clock, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _ = journal.Broken.ContinueWith(_ => stop.Cancel(), stop.Token, TaskContinuationOptions.None, TaskScheduler.Default);
        target.TellTo(journal, clock);
        var outcome = await LoadEngine.RunAsync(
            new RunRequest
            {
                Plan = plan,
                Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target.Served },
                Journal = watch,
                Clock = clock,
                Observer = watch,
                Pacing = target.InProcess ? PacerOptions.NoSpin : PacerOptions.Default,
                Alongside = over => watch.LookAsync(stop.Cancel, over),
                // The engine's code is compiled by then.
                WarmUp = _number == 1,
            },
            stop.Token).ConfigureAwait(false);
        target.TellTo(null, clock);
        var decision = outcome.Ending == RunEnding.Completed ? meter.Close(clock.Now) : meter.Stop(outcome.Reason ?? "the run was stopped");
        journal.Write(new JournalEvent.RunEnded
        {
            At = clock.Now, Ending = outcome.Ending, Reason = $"the probe {decision.Verdict}: {decision.Why}", Healed = HealState.NotNeeded,
        });
    }

    private void Manifest(Plan plan, CapacityTarget target, string place, DateTimeOffset started)
    {
        var run = new RunSettings
        {
            Loaded = settings.Loaded,
            OutFolder = folder,
            Watcher = new PlainWatcher(TextWriter.Null),
            ReplayCommand = settings.ReplayCommand,
            Inconclusive = Reports.Judging.InconclusivePolicy.Keep,
        };
        var identities = new Dictionary<TargetRole, TargetIdentity>();
        if (target.Identity is { } identity)
        {
            identities[TargetRole.Candidate] = identity;
        }

        RunFiles.WriteManifest(place, ManifestBuilder.Build(plan, run, started, identities));
    }

    private static TimeSpan Span(long nanos) => TimeSpan.FromTicks(nanos / 100);
}
