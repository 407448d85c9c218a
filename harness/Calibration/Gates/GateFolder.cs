using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Harness.Calibrating.Gates;

/// <summary>
/// Where the pairs of a calibration lie: <c>begun.json</c>, and one run folder for each round of each regression under <c>rounds/</c>.
/// </summary>
internal sealed class GateFolder(string path)
{
    /// <summary>How the calibration was begun.</summary>
    /// <param name="Arguments">Of the command, without the place.</param>
    public sealed record Begun(int Schema, IReadOnlyList<string> Arguments, string ScenarioSha256);

    public const int CurrentSchema = 1;

    /// <summary>A round whose generator was the limit, or whose machine was used by others, is recorded once more.</summary>
    private const int Tries = 2;

    private const string BegunName = "begun.json";

    public string Path => path;

    public void Begin(Begun begun) => RunFiles.Write(System.IO.Path.Combine(path, BegunName), RunFiles.ToJson(begun));

    /// <exception cref="UsageException">It is no folder of a calibration, or of a newer tool.</exception>
    public Begun ReadBegun()
    {
        try
        {
            return RunFiles.Read<Begun>(System.IO.Path.Combine(path, BegunName), CurrentSchema);
        }
        catch (JournalException broken)
        {
            throw new UsageException($"--resume {path}: this is no folder of 'chaosbench calibrate gate' ({broken.Message}).");
        }
    }

    /// <summary>Where the next try of a round goes; null: it is recorded and honest, or was tried often enough.</summary>
    public string? Next(int round, Regression regression)
    {
        for (var number = 1; number <= Tries; number++)
        {
            var place = Place(round, regression, number);
            switch (State(place))
            {
                case RoundState.Honest:
                    return null;
                case RoundState.Missing:
                    return place;
                case RoundState.Broken:
                    // It ended early or its end is cut off: ours, and of no use.
                    Directory.Delete(place, recursive: true);
                    return place;
                default:
                    continue;
            }
        }

        return null;
    }

    /// <summary>The rounds of a regression, in order, the honest ones where there are such; and what the others lack.</summary>
    /// <exception cref="JournalException">A round's journal is cut off or does not read; the message names it.</exception>
    public (IReadOnlyList<Measurements> Rounds, IReadOnlyList<string> Doubts) Read(Regression regression, int rounds)
    {
        var (read, doubts) = (new List<Measurements>(), new List<string>());
        for (var round = 1; round <= rounds; round++)
        {
            var tries = Enumerable.Range(1, Tries).Select(number => Place(round, regression, number)).Where(Directory.Exists).Select(Load).ToList();
            if (tries.Find(run => Doubts(run).Count == 0) is { } honest)
            {
                read.Add(honest.Measurements);
            }
            else if (tries.Count > 0)
            {
                // Shown, with the doubt beside it: nothing that it says is kept.
                read.Add(tries[^1].Measurements);
                doubts.Add($"round {round} of '{regression.Name}': {string.Join(" ", Doubts(tries[^1]))}");
            }
        }

        return (read, doubts);
    }

    /// <summary>Whether the latest try of a round is in doubt.</summary>
    public bool IsLimited(int round, Regression regression) => Enumerable.Range(1, Tries)
        .Select(number => State(Place(round, regression, number))).LastOrDefault(state => state != RoundState.Missing) == RoundState.Limited;

    private RunReport Load(string place)
    {
        var run = RunFolder.Load(place);
        return run.Measurements.Ending is { Ending: RunEnding.Completed } && run.Summary.Verdict != RunVerdict.Error ? run
            : throw new JournalException($"{place}: its journal is cut off or the round ended early; --resume {path} records it again, "
                + "or remove the folder");
    }

    /// <summary>Why a round says little: the generator was the limit, or the machine was hardly ever its own.</summary>
    private static List<string> Doubts(RunReport run) =>
        [.. run.Summary.Generator.Limited, .. run.Summary.Findings.Where(finding => finding.ReasonCode == ReasonCodes.MachineDisturbed).Select(finding => finding.Advice).Take(1)];

    private static RoundState State(string place)
    {
        if (!Directory.Exists(place))
        {
            return RoundState.Missing;
        }

        try
        {
            var run = RunFolder.Load(place);
            return run.Measurements.Ending is not { Ending: RunEnding.Completed } || run.Summary.Verdict == RunVerdict.Error ? RoundState.Broken
                : Doubts(run).Count > 0 ? RoundState.Limited : RoundState.Honest;
        }
        catch (JournalException)
        {
            return RoundState.Broken;
        }
    }

    private string Place(int round, Regression regression, int attempt) => System.IO.Path.Combine(
        path, "rounds", string.Create(CultureInfo.InvariantCulture, $"{round:00}-{regression.Folder}{(attempt == 1 ? "" : $"-{attempt}")}"));

    private enum RoundState
    {
        Missing,
        Broken,
        Limited,
        Honest,
    }
}
