using System.CommandLine;

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

    public void AddTo(Command command)
    {
        Option[] options = [DryRun, StopFile, Replay];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }
}
