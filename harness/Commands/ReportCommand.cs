using System.CommandLine;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Writers;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench report RUN</c>: rebuilds the reports from the journal; never grades again.</summary>
internal static class ReportCommand
{
    public static Command Build(Terminal terminal)
    {
        var run = new Argument<DirectoryInfo>("RUN") { Description = "The run's folder, for example runs/latest" };
        var hlog = new Option<bool>("--hlog") { Description = "Also write latency.hlog, HdrHistogram's interval log of every second" };
        var command = new Command("report", "Rebuild the reports of a run from its journal") { run, hlog };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(run)!;
            if (!folder.Exists)
            {
                throw new UsageException($"{folder.FullName}: no such run folder.");
            }

            try
            {
                var summary = RunFolder.Rebuild(folder.FullName, parsed.GetValue(hlog) ? [new IntervalLogWriter()] : null).Summary;
                terminal.Error.WriteLine(RunWords.Verdict(summary));
                terminal.Out.WriteLine(Path.Combine(folder.FullName, "report.html"));
                return ExitCodes.Pass;
            }
            catch (JournalException exception)
            {
                throw new UsageException(exception.Message);
            }
        });
        return command;
    }
}
