using ChaosBench.Reports.Runs;

namespace ChaosBench.Harness.Commands;

/// <summary>Run folders as they are named on a command line.</summary>
internal static class RunFolders
{
    /// <summary>A folder with a manifest is a run; any other stands for the runs in it. A link such as <c>latest</c> is one of them again.</summary>
    public static IEnumerable<string> In(DirectoryInfo folder)
    {
        if (!folder.Exists)
        {
            throw new UsageException($"{folder}: no such run folder.");
        }

        if (IsRun(folder.FullName))
        {
            return [folder.FullName];
        }

        var inside = folder.EnumerateDirectories().Where(run => run.LinkTarget is null && IsRun(run.FullName))
            .Select(run => run.FullName).Order(StringComparer.Ordinal).ToList();
        return inside.Count > 0 ? inside : throw new UsageException($"{folder}: neither a run folder nor a folder with run folders in it.");
    }

    public static bool IsRun(string folder) => File.Exists(Path.Combine(folder, RunFolder.ManifestName));
}
