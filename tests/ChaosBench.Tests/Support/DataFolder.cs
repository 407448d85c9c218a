namespace ChaosBench.Tests.Support;

/// <summary>Real files that are too large or too many to commit. Tests over them skip, with the reason, where they are absent.</summary>
internal static class DataFolder
{
    /// <summary>CHAOSBENCH_DATA, else <c>../shared/data</c> beside the repository. Null when there is none.</summary>
    public static string? Find() =>
        Existing(Environment.GetEnvironmentVariable("CHAOSBENCH_DATA") ?? Path.Combine(Repository.Root, "..", "shared", "data"));

    /// <summary>A file in it, or the test is skipped.</summary>
    public static string Require(string relative)
    {
        var folder = Find();
        Skip.If(folder is null, "no data folder: set CHAOSBENCH_DATA");
        var path = Path.Combine(folder!, relative);
        Skip.IfNot(Path.Exists(path), $"the data folder has no {relative}");
        return path;
    }

    private static string? Existing(string path) => Directory.Exists(path) ? Path.GetFullPath(path) : null;
}
