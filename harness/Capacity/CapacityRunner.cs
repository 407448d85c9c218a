using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Capacity;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Capacity;

/// <summary>
/// The search for one scenario: each target with all of its nodes, then with some lost; after every series the files are written anew.
/// <code>
/// target starts -> [ rate -> probe -> rest ]* -> nodes killed -> [ rate -> probe -> rest ]* -> healed
/// </code>
/// </summary>
internal sealed class CapacityRunner(CapacitySettings settings, Scenario scenario, Action<string> tell, TimeProvider time)
{
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly List<CapacitySeries> _series = [];
    private readonly List<string> _remarks = [];
    private RunVerdict? _broken;

    public string Folder { get; private set; } = "";

    public async Task<CapacityReport> RunAsync(CancellationToken cancellation)
    {
        Folder = RunFolder.Create(settings.OutFolder, _started, "capacity-" + scenario.Name, settings.Loaded.Suite.Seed);
        tell($"writing {Folder}");
        if (scenario.Objectives == new RequestObjectives())
        {
            _remarks.Add("The scenario has no objectives: a request is good when it completes with a right answer, however late.");
        }

        var probes = new ProbeRunner(settings, scenario, Folder, time);
        await SearchAsync(probes, TargetRole.Candidate, scenario.Candidate, cancellation).ConfigureAwait(false);
        if (scenario.Baseline is { } baseline && !cancellation.IsCancellationRequested)
        {
            await SearchAsync(probes, TargetRole.Baseline, baseline, cancellation).ConfigureAwait(false);
        }

        return Write(cancellation.IsCancellationRequested);
    }

    private async Task SearchAsync(ProbeRunner probes, TargetRole role, Target served, CancellationToken cancellation)
    {
        await using var target = new CapacityTarget(role, served, settings.Loaded, time);
        try
        {
            await target.StartAsync(probes.Plan(target, From, 0), cancellation).ConfigureAwait(false);
        }
        catch (TargetUnavailableException missing)
        {
            // As in a run: a candidate that does not serve must not be promoted, a baseline that does not is our trouble.
            _broken = role == TargetRole.Candidate ? RunVerdict.Fail : RunVerdict.Error;
            _remarks.Add(missing.Message);
            return;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }

        await SeriesAsync(probes, target, From, 0, cancellation).ConfigureAwait(false);
        var lost = Lost(target);
        if (lost > 0 && !cancellation.IsCancellationRequested)
        {
            var left = (double)(target.Replicas!.Count - lost) / target.Replicas.Count;
            var from = _series[^1].Capacity is { } whole ? Math.Min(whole * left, settings.To) : From;
            await WithoutNodesAsync(probes, target, from, lost, cancellation).ConfigureAwait(false);
        }
    }

    private async Task WithoutNodesAsync(ProbeRunner probes, CapacityTarget target, double from, int count, CancellationToken cancellation)
    {
        using var nodes = await LostNodes.KillAsync(target, count, settings.Loaded.Suite.Seed, time).ConfigureAwait(false);
        var healed = HealState.Unverified;
        try
        {
            await SeriesAsync(probes, target, from, count, cancellation).ConfigureAwait(false);
        }
        finally
        {
            healed = await nodes.HealAsync().ConfigureAwait(false);
        }

        _series[^1] = _series[^1] with { Healed = healed };
        if (healed == HealState.Failed)
        {
            _broken = RunVerdict.Error;
            _remarks.Add($"A lost replica of {target.Settings.Name} could not be brought back.");
        }
    }

    private async Task SeriesAsync(ProbeRunner runner, CapacityTarget target, double from, int lost, CancellationToken cancellation)
    {
        var name = CapacityWords.Name(target.Settings.Name, target.Replicas?.Count, lost);
        tell($"{Printable.Line(name, 80)}:");
        var search = new CapacitySearch(from, settings.To, settings.Precision);
        var probes = new List<CapacityProbe>();
        CapacityEnding? ending = null;
        while (ending is null && search.Next is { } rate)
        {
            if (!await RestedAsync(target, cancellation).ConfigureAwait(false))
            {
                ending = cancellation.IsCancellationRequested ? CapacityEnding.Stopped : CapacityEnding.NotSettled;
                break;
            }

            var folderPart = lost == 0 ? $"{target.Role}" : $"{target.Role}-{lost}-lost";
            probes.Add(await runner.RunAsync(target, folderPart.ToLowerInvariant(), rate, search.Confirming, cancellation).ConfigureAwait(false));
            tell("  " + CapacityWords.Of(probes[^1]));
            search.Report(rate, probes[^1].Verdict);
        }

        ending ??= search.Ending ?? CapacityEnding.Stopped;
        var series = new CapacitySeries
        {
            Target = target.Settings.Name,
            Replicas = target.Replicas?.Count,
            LostNodes = lost,
            Ending = ending.Value,
            Capacity = search.Highest,
            Above = double.IsPositiveInfinity(search.Limit) ? null : search.Limit,
            Sentence = CapacityWords.Sentence(ending.Value, search, probes.LastOrDefault()),
            Healed = HealState.NotNeeded,
            Probes = probes,
        };
        _series.Add(series);
        tell("  " + series.Sentence);
        Write(cancellation.IsCancellationRequested);
    }

    private static async Task<bool> RestedAsync(CapacityTarget target, CancellationToken cancellation)
    {
        try
        {
            return await target.Rest.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private int Lost(CapacityTarget target)
    {
        var replicas = target.Replicas?.Count ?? 0;
        if (settings.LostNodes is { } asked)
        {
            return asked;
        }

        if (replicas < 2)
        {
            _remarks.Add($"{target.Settings.Name} has {(replicas == 1 ? "one replica" : "no replica in reach")}: nothing can be said about a lost node.");
        }

        return replicas > 1 ? 1 : 0;
    }

    private double From => Math.Min(settings.To, settings.From ?? scenario.Workload switch
    {
        Workload.Open open => Math.Max(ArrivalTimes.Expected(open.Arrivals, Scenarios.Nanos.From(scenario.Phases.Total)) / scenario.Phases.Total.TotalSeconds, 1),
        _ => 1,
    });

    private CapacityReport Write(bool cancelled)
    {
        var verdict = _broken ?? (cancelled ? RunVerdict.Cancelled : CapacityVerdict.Of(_series));
        var report = new CapacityReport
        {
            ToolVersion = ToolVersion.Text,
            StartedUtc = _started,
            Scenario = scenario.Name,
            ScenarioFile = settings.Loaded.Suite.Path,
            ScenarioSha256 = settings.Loaded.Suite.Sha256,
            Seed = settings.Loaded.Suite.Seed,
            Attainment = CapacitySettings.AttainmentOf(scenario),
            Objectives = scenario.Objectives,
            Precision = settings.Precision,
            From = From,
            To = settings.To,
            Verdict = verdict,
            ExitCode = ExitCodes.Of(verdict),
            Headline = _series.Count > 0 ? CapacityWords.Headline(_series) : string.Join(" ", _remarks.DefaultIfEmpty("Nothing was measured.")),
            Series = [.. _series],
            Machine = ManifestBuilder.Machine(),
            ReplayCommand = settings.ReplayCommand,
            Remarks = [.. _remarks],
        };
        CapacityFiles.Write(Folder, report);
        return report;
    }
}
