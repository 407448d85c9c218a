using ChaosBench.Harness.Running;
using ChaosBench.Reports.Calibrating;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Calibrating.Gates;

/// <summary>
/// Records, estimates, takes live verdicts, writes:
/// <code>
/// rounds (resumable) -> recorded pairs -> rates by number of pairs -> [live runs] -> gate.json .md .html -> the machine's calibration
/// </code>
/// </summary>
internal sealed class GateCalibrator(GateSettings settings, GateCalibrator.Choice choice, Action<string> tell, TimeProvider time)
{
    /// <param name="Out">Folder for run folders.</param>
    /// <param name="Live">Verdicts of whole runs.</param>
    /// <param name="LivePairs">Null: as many as the first gate needs.</param>
    internal sealed record Choice(string Out, int Live, int? LivePairs, bool Json);

    /// <param name="resumed">Null: a new folder.</param>
    /// <returns>Null: somebody stopped it.</returns>
    public async Task<(GateCalibration? Found, string Folder)> RunAsync(string? resumed, CancellationToken cancellation)
    {
        var folder = Open(resumed);
        tell($"writing {folder.Path}");
        tell($"{settings.Rounds} rounds of {settings.Regressions.Count + 1} x {settings.PairsIn(1)} pairs, {Estimated()} of load");
        if (!await new GateRecorder(settings, folder, tell, time).RunAsync(cancellation).ConfigureAwait(false))
        {
            return (null, folder.Path);
        }

        tell("drawing verdicts from what was recorded");
        var found = Estimate(folder);
        GateFiles.Write(folder.Path, found);
        if (choice.Live > 0)
        {
            var live = new GateLive(settings, folder, tell, time);
            var verdicts = await live.RunAsync(choice.Live, choice.LivePairs ?? found.Gates[0].Pairs ?? found.Gates[0].Rows[^1].Pairs, cancellation).ConfigureAwait(false);
            found = found with { Live = verdicts };
            GateFiles.Write(folder.Path, found);
            if (cancellation.IsCancellationRequested)
            {
                return (null, folder.Path);
            }
        }

        if (found.Doubts.Count == 0)
        {
            CalibrationStore.Write(found);
            tell($"kept in {CalibrationStore.GatePath}; reports of runs on this machine quote it");
        }
        else
        {
            tell("not kept: reports must not quote what is in doubt");
        }

        return (found, folder.Path);
    }

    /// <summary>Planned time between two requests of one version, nanoseconds.</summary>
    public static long MeanGap(GateSettings settings)
    {
        var open = settings.Scenario.Workload as Workload.Open
            ?? throw new UsageException($"{settings.Loaded.Suite.Path}: scenario '{settings.Scenario.Name}' has a closed workload; both versions get the same "
                + "arrivals only in an open one: give a --rate.");
        var count = ArrivalTimes.Expected(open.Arrivals, Nanos.From(TimeSpan.FromMinutes(1)));
        return count >= 1 ? (long)(Nanos.PerSecond * 60 / count)
            : throw new UsageException($"{settings.Loaded.Suite.Path}: scenario '{settings.Scenario.Name}' sends less than a request a minute; give a --rate.");
    }

    private GateFolder Open(string? resumed)
    {
        if (resumed is not null)
        {
            return new GateFolder(resumed);
        }

        try
        {
            // Prompts that cannot be read are told before a folder is made.
            new RoundRunner(settings, new GateTargets(settings.Scenario, settings.Loaded, time), time).Plan(1);
            var folder = new GateFolder(RunFolder.Create(choice.Out, time.GetUtcNow(), "gate-" + settings.Scenario.Name, settings.Loaded.Suite.Seed));
            folder.Begin(new GateFolder.Begun(GateFolder.CurrentSchema, settings.Arguments, settings.Loaded.Suite.Sha256));
            return folder;
        }
        catch (Exception broken) when (broken is JournalException or Scenarios.Prompts.PromptException)
        {
            // Nothing has been sent: this is about the command line.
            throw new UsageException(broken.Message);
        }
    }

    private string Estimated()
    {
        var seconds = settings.Arm.TotalSeconds * ((2 * settings.Pairs) + (3 * settings.Rounds)) * (settings.Regressions.Count + 1);
        return Reports.Judging.Wording.Duration(seconds);
    }

    private GateCalibration Estimate(GateFolder folder)
    {
        var kinds = settings.Regressions.Prepend(new Regression.Same()).ToList();
        var (rounds, doubts) = (new Dictionary<string, IReadOnlyList<Measurements>>(StringComparer.Ordinal), new List<string>());
        foreach (var kind in kinds)
        {
            var (read, lacking) = folder.Read(kind, settings.Rounds);
            rounds[kind.Name] = read;
            doubts.AddRange(lacking);
        }

        var same = rounds[GateEstimate.Same];
        var estimate = new GateEstimate(settings.Loaded.Suite.Seed);
        var gates = settings.Scenario.Gates.Select(gate => estimate.Of(gate, rounds, settings.Arm.TotalSeconds * 2)).ToList();
        var asked = same.SelectMany(round => round.In(new Slice(round.Candidate))).ToList();
        return new GateCalibration
        {
            ToolVersion = ToolVersion.Text,
            MeasuredUtc = time.GetUtcNow(),
            Machine = ManifestBuilder.Machine(),
            Scenario = settings.Scenario.Name,
            ScenarioFile = settings.Loaded.Suite.Path,
            ScenarioSha256 = settings.Loaded.Suite.Sha256,
            Seed = settings.Loaded.Suite.Seed,
            Target = settings.Scenario.Candidate switch
            {
                Target.Onnx onnx => $"onnx {Path.GetFileName(onnx.Model.TrimEnd('/'))}, {onnx.Replicas} replica{(onnx.Replicas == 1 ? "" : "s")}",
                var other => $"openai {other.Name[..^GateSettings.Again.Length]}",
            },
            ArmSeconds = settings.Arm.TotalSeconds,
            RequestsPerArm = (double)asked.Count / Math.Max(1, same.Sum(round => round.In(new Slice(round.Candidate)).Select(request => request.Block).Distinct().Count())),
            Recorded = rounds.ToDictionary(kind => kind.Key, kind => kind.Value.Sum(round => round.In(new Slice(round.Candidate)).Select(request => request.Block).Distinct().Count())),
            Draws = GateEstimate.UsualDraws,
            Run = GateEstimate.Neighbours,
            Gates = gates,
            Doubts = doubts,
            ReplayCommand = settings.ReplayCommand,
        };
    }
}
