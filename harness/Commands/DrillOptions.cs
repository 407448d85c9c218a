using System.CommandLine;
using ChaosBench.Harness.Running;

namespace ChaosBench.Harness.Commands;

/// <summary>What <c>run</c> offers to those who break things on purpose while people watch.</summary>
internal sealed class DrillOptions
{
    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "Check everything and show the plans; send nothing, break nothing" };

    public Option<FileInfo> StopFile { get; } = new("--stop-file")
    {
        Description = "Halt and heal within a second of this file's appearance, and start no further scenario",
        HelpName = "FILE",
    };

    public Option<DirectoryInfo> Replay { get; } = new("--replay")
    {
        Description = "Repeat the faults of a finished run: same seed, instants and victims, on today's targets and gates",
        HelpName = "RUN",
    };

    public Option<bool> GameDay { get; } = new("--game-day")
    {
        Description = "Wait for a person before faults on nodes, models, resources and dependencies (and those with gameDay: pause)",
    };

    public Option<TimeSpan?> Hold { get; } = new("--hold")
    {
        Description = "Game day: by so much is the fault phase longer for each pause (default 2m)",
        HelpName = "DURATION",
        CustomParser = result => OptionValues.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24))(result),
    };

    public void AddTo(Command command)
    {
        Option[] options = [DryRun, StopFile, Replay, GameDay, Hold];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The suite with the faults of another run, or with pauses, where that was asked for.</summary>
    public LoadedSuite Apply(LoadedSuite loaded, ParseResult parsed, ulong? seed)
    {
        if (parsed.GetValue(Replay) is { } run)
        {
            loaded = FaultReplay.Apply(loaded, run.FullName, seed);
        }

        return parsed.GetValue(GameDay) ? Drills.GameDay.Prepare(loaded, parsed.GetValue(Hold) ?? Drills.GameDay.UsualHold) : loaded;
    }
}
