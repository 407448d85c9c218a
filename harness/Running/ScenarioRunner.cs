using ChaosBench.Chaos;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Chaos.Timeline;
using ChaosBench.Engine;
using ChaosBench.Engine.Pacing;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Drills;
using ChaosBench.Harness.Goldens;
using ChaosBench.Harness.Judging;
using ChaosBench.Harness.Running.Detections;
using ChaosBench.Harness.Running.Shards;
using ChaosBench.Harness.Telemetry;
using ChaosBench.Reports.Goldens;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Telemetry;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Server.Models.Devices;

namespace ChaosBench.Harness.Running;

/// <summary>
/// One scenario from plan to verdict: start the targets, walk the plan while the faults walk theirs, close the journal, judge.
/// </summary>
/// <remarks>
/// <code>
///   plan -> targets start -> [ engine  ||  fault timeline ] -> journal closed -> reports rebuilt from the run folder
///                                 \            /
///                                  one journal, one clock
/// </code>
/// </remarks>
internal sealed class ScenarioRunner(RunSettings settings, TimeProvider time)
{
    public async Task<RunResult> RunAsync(Plan plan, CancellationToken cancellation)
    {
        await using var leases = OperatingSystem.IsLinux()
            ? await RunLeases.OpenAsync(plan, settings.Loaded.Suite.Path, time, cancellation).ConfigureAwait(false)
            : null;
        var reference = ReferenceRun.Read(plan.Scenario.Reference);
        var started = time.GetUtcNow();
        var folder = Create(plan, started);
        settings.Watcher.Started(plan, folder);
        WriteManifest(new Dictionary<TargetRole, TargetIdentity>());
        await using (var journal = JournalWriter.Create(folder, time))
        {
            var header = JournalHeader.For(plan, started, ToolVersion.Text, settings.Sharding?.Shard) with
            {
                ChecksAnswers = plan.Faults.Count > 0 ? true : null, Reference = reference,
            };
            journal.Write(header);
            var clock = new RunClock(time);
            var end = await StartAndWalkAsync().ConfigureAwait(false);
            if (OperatingSystem.IsLinux() && leases is { AnyLeft: true })
            {
                end = end with { Healed = HealState.Failed };
            }

            journal.Write(new JournalEvent.RunEnded { At = clock.Now, Ending = end.Ending, Reason = end.Reason, Healed = end.Healed });

            async Task<RunEnd> StartAndWalkAsync()
            {
                var traces = header.Telemetry is { TraceContext: true } ? TraceIds.Of(header) : null;
                await using var parts = RunParts.Create(plan, settings with { Traces = traces }, journal, clock, Reach(leases), time);
                var failure = await StartTargetsAsync(parts, WriteManifest, cancellation).ConfigureAwait(false);
                return failure ?? await WalkAsync(header, plan, parts, clock, folder, cancellation).ConfigureAwait(false);
            }
        }

        settings.Baseline?.Freeze(folder, plan.Scenario.Name);
        var summary = RunFolder.Rebuild(folder).Summary;
        settings.Watcher.Ended(summary, folder);
        return new RunResult(folder, summary);

        void WriteManifest(IReadOnlyDictionary<TargetRole, TargetIdentity> identities) =>
            RunFiles.WriteManifest(folder, ManifestBuilder.Build(plan, settings, started, identities));
    }

    private string Create(Plan plan, DateTimeOffset started)
    {
        try
        {
            return RunFolder.Create(settings.OutFolder, started, plan.Scenario.Name, plan.Seed);
        }
        catch (JournalException exception)
        {
            // Nothing has been sent: this is about the command line, not about the run.
            throw new UsageException(exception.Message);
        }
    }

    /// <returns>Null when every target serves.</returns>
    private static async Task<RunEnd?> StartTargetsAsync(
        RunParts parts, Action<IReadOnlyDictionary<TargetRole, TargetIdentity>> identified, CancellationToken cancellation)
    {
        var identities = new Dictionary<TargetRole, TargetIdentity>();
        foreach (var (role, target) in parts.Targets)
        {
            try
            {
                await StartServerAsync(parts, role, cancellation).ConfigureAwait(false);
                identities[role] = parts.Tokenizers.Describe(role, await target.StartAsync(cancellation).ConfigureAwait(false));
            }
            catch (TargetUnavailableException exception)
            {
                // A candidate that does not load must not be promoted; a baseline that does not is our trouble.
                var ending = role == TargetRole.Candidate ? RunEnding.CandidateUnavailable : RunEnding.Broken;
                return new RunEnd(ending, exception.Message, HealState.NotNeeded);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return new RunEnd(RunEnding.Cancelled, "stopped while the targets were starting", HealState.NotNeeded);
            }
        }

        identified(identities);
        return null;
    }

    private static NodeReach? Reach(RunLeases? leases) => OperatingSystem.IsLinux() ? leases?.Reach : null;

    /// <exception cref="TargetUnavailableException">Its command does not start or does not answer in time.</exception>
    private static async Task StartServerAsync(RunParts parts, TargetRole role, CancellationToken cancellation)
    {
        if (!parts.Servers.TryGetValue(role, out var server))
        {
            return;
        }

        try
        {
            await server.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (LeaseException trouble)
        {
            throw new TargetUnavailableException(trouble.Message, trouble);
        }
    }

    private async Task<RunEnd> WalkAsync(
        JournalEvent.RunStarted header, Plan plan, RunParts parts, RunClock clock, string folder, CancellationToken cancellation)
    {
        // A journal that cannot be written any more ends the run: what happens unrecorded did not happen.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _ = parts.Journal.Broken.ContinueWith(_ => stop.Cancel(), stop.Token, TaskContinuationOptions.None, TaskScheduler.Default);
        using var cards = parts.ServesInProcess ? GpuWatch.Open() : null;
        HealResult[] healed = [];
        using var pairs = plan.Pairs is null ? null : new PairWatch(parts.Journal, header, plan, time);
        var baseline = new BaselineWatch(pairs is null ? parts.Journal : pairs, header, plan, time);
        var answers = plan.Faults.Count > 0 ? new AnswerWatch(plan, parts.Journal) : null;
        await using var texts = settings.Content is { } rules ? ContentKeeper.Open(folder, rules, ContentKeeper.ShareOf(plan)) : null;
        var content = texts is null ? null : new ContentKeeper(texts, ContentKeeper.ShareOf(plan), plan.Seed);
        var ears = await DetectionEars.OpenAsync(
            settings.Sharding is { Shard.IsFirst: false } ? [] : plan.Scenario.Detections, new DetectionDesk(parts.Journal, () => clock.Now), folder, settings.Loaded.Variables, time).ConfigureAwait(false);
        await using var listening = ears.ConfigureAwait(false);
        var hears = new RunEars(new InputExposure(plan, parts.Announcer), baseline, answers, content, plan.Scenario.Workload, clock);
        var goldens = plan.Scenario.Golden is { } snapshot ? new GoldenWatch(GoldenFolder.Read(snapshot), snapshot, hears) : null;
        IRunObserver kept = goldens is null ? hears : goldens;
        var judge = plan.Scenario.Judge is { } second ? new JudgeWatch(second, plan.Seed, KnownCases.Read(second.Calibration), kept) : null;
        IRunObserver observer = judge is null ? kept : judge;
        var senders = parts.Senders;
        var fresh = plan.Scenario.Fresh is null ? null : new FreshStarter(plan, parts, senders, (observer, clock), time);
        using var scraper = plan.Scenario.Telemetry is { Scrapes: { Count: > 0 } pages } && settings.Sharding is not { Shard.IsFirst: false } ? new MetricsScraper(pages, parts.Journal, clock, time) : null;
        using var over = new CancellationTokenSource();
        var desk = OpenDesk(parts, clock, folder, over.Token);
        var heard = desk.ListenAsync(over.Token);
        await (BaselineWatch.DecidesAt(plan) is null ? parts.Timeline.PlaceFirstAsync(stop.Token) : Task.CompletedTask).ConfigureAwait(false);
        var outcome = await LoadEngine.RunAsync(
            new RunRequest
            {
                Plan = plan,
                Shard = settings.Sharding?.Shard,
                Begin = settings.Sharding is { } sharding ? halt => BeginTogetherAsync(sharding, plan, parts, halt) : null,
                Targets = senders,
                Journal = baseline,
                Clock = clock,
                // A spinning pacer would take the core that an in-process model computes on.
                Pacing = parts.ServesInProcess ? PacerOptions.NoSpin : PacerOptions.Default,
                TokenCounters = parts.Tokenizers.Counters,
                Observer = fresh is null ? observer : fresh,
                FaultsOf = plan.Faults.Count > 0 ? parts.Announcer.TakeFaultsOf : null,
                Alongside = async halt =>
                {
                    parts.Journal.Write(new JournalEvent.ClockStarted { At = clock.Now, ZeroUtc = time.GetUtcNow() - TimeSpan.FromTicks(clock.Now / 100) });
                    var asking = Task.WhenAll(ears.RunAsync(halt), scraper?.RunAsync(halt) ?? Task.CompletedTask);
                    var starting = fresh?.RunAsync(halt) ?? Task.CompletedTask;
                    var looking = pairs?.WatchAsync(() => clock.Now, halt) ?? Task.CompletedTask;
                    if (await baseline.IsSteadyAsync(() => clock.Now, halt).ConfigureAwait(false))
                    {
                        healed = await parts.Timeline.RunAsync(() => clock.Now, halt).ConfigureAwait(false);
                    }

                    await Task.WhenAll(asking, starting).ConfigureAwait(false);
                    await looking.ConfigureAwait(false);
                },
                Halt = fresh?.Halt ?? baseline.Halt,
                Horizon = pairs?.Horizon,
                Conditions = parts.Conditions,
                ActiveFaults = () => parts.Announcer.Active,
                Progress = settings.Watcher,
                ProgressHasEnds = settings.WatchesEnds,
                Devices = cards is null ? null : () => [.. cards.Read().Select(Sample)],
                Memory = ServedMemory.Of(plan),
                AbortFiles = [Path.Combine(folder, AbortCommand.StopFile), .. settings.StopFile is { } file ? new[] { file } : []],
            },
            stop.Token).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await heard.ConfigureAwait(false);
        NoteLeftOut(texts?.LeftOut ?? 0, parts.Journal, clock);
        if (outcome.Ending == RunEnding.Completed)
        {
            await LookBackAsync(plan, parts, clock, (goldens, judge), stop.Token).ConfigureAwait(false);
        }

        return new RunEnd(outcome.Ending, outcome.Reason, HealStates.Of(healed));
    }

    private static void NoteLeftOut(long texts, JournalWriter journal, RunClock clock)
    {
        if (texts > 0)
        {
            journal.Write(new JournalEvent.Note { At = clock.Now, Text = $"the texts of {texts} requests could not be kept in time" });
        }
    }

    private async Task BeginTogetherAsync(Sharding sharding, Plan plan, RunParts parts, CancellationToken halt)
    {
        using var target = plan.Scenario.Candidate is Target.OpenAi remote ? OpenAiTargets.Create(remote, settings.Loaded.Resolve, time) : null;
        var clocks = target is null ? null : new ServerClock(target.DateAsync, time);
        await new CommonStart(sharding, clocks, parts.Journal, settings.Watcher, time).WaitAsync(halt).ConfigureAwait(false);
    }

    /// <summary>What is asked about answers once the load is over: beside it, it would be load.</summary>
    private async Task LookBackAsync(
        Plan plan, RunParts parts, RunClock clock, (GoldenWatch? Goldens, JudgeWatch? Judge) kept, CancellationToken cancellation)
    {
        if (kept.Goldens is { } goldens)
        {
            await UpAgainAsync(plan, parts, clock, cancellation).ConfigureAwait(false);
            await goldens.CompareAsync(parts.Targets[TargetRole.Candidate], plan.Scenario.Candidate, settings.Loaded, parts.Journal, clock, cancellation).ConfigureAwait(false);
        }

        if (kept.Judge is { } judge)
        {
            await judge.JudgeAsync(settings.Loaded, parts.Journal, clock, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>With fresh starts the last block may have been the baseline's.</summary>
    private static async Task UpAgainAsync(Plan plan, RunParts parts, RunClock clock, CancellationToken cancellation)
    {
        if (plan.Scenario.Fresh is null)
        {
            return;
        }

        try
        {
            await parts.StopAsync(TargetRole.Candidate).ConfigureAwait(false);
            await parts.StartAgainAsync(TargetRole.Candidate, cancellation).ConfigureAwait(false);
        }
        catch (TargetUnavailableException gone)
        {
            // Its embeddings cannot be had then, which the comparison with goldens says itself.
            parts.Journal.Write(new JournalEvent.Note { At = clock.Now, Text = $"the candidate did not come up again after the load: {gone.Message}" });
        }
    }

    /// <summary>Where people speak to the run; their keys are read where there is a terminal.</summary>
    private DrillDesk OpenDesk(RunParts parts, RunClock clock, string folder, CancellationToken over)
    {
        var desk = new DrillDesk(folder, parts.Journal, () => clock.Now, settings.Watcher, time) { IsGameDay = settings.IsGameDay };
        parts.Announcer.Moved = desk.Heard;
        parts.Timeline.Gate = desk;
        var noticed = parts.Journal.Noticed;
        parts.Journal.Noticed = detection =>
        {
            noticed?.Invoke(detection);
            desk.Heard(detection);
        };
        if (settings.HasKeys)
        {
            new DrillKeys(desk, settings.Watcher).Start(over);
        }

        return desk;
    }

    private static DeviceSample Sample(GpuReading card) => new(
        card.Index, card.Name, card.MemoryUsed, card.MemoryTotal, card.Utilisation, card.Celsius, card.Watts);
}

/// <param name="Folder">The run folder, whole.</param>
internal sealed record RunResult(string Folder, Summary Summary);

internal sealed record RunEnd(RunEnding Ending, string? Reason, HealState Healed);

internal static class HealStates
{
    /// <summary>The worst of the faults: one that is still there outweighs all that are gone.</summary>
    public static HealState Of(IReadOnlyList<HealResult> results)
    {
        if (results.Any(result => !result.Healed))
        {
            return HealState.Failed;
        }

        return results.Any(result => result.Applied) ? HealState.Verified : HealState.NotNeeded;
    }
}
