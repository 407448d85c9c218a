using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Robustness;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Harness.Running;

/// <summary>The earlier run that drift is told from, frozen into the journal's first line before anything is sent.</summary>
internal static class ReferenceRun
{
    /// <exception cref="UsageException">It is no run folder.</exception>
    public static DriftReference? Read(string? folder)
    {
        if (folder is null)
        {
            return null;
        }

        try
        {
            var run = RunFolder.Load(folder);
            return DriftProfile.Of(run.Measurements, Path.GetFileName(new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));
        }
        catch (JournalException broken)
        {
            throw new UsageException($"reference: {broken.Message}");
        }
    }
}
