namespace ChaosBench.Tests.Support;

/// <summary>The checkout that the tests run in.</summary>
internal static class Repository
{
    /// <summary>The folder of ChaosBench.sln, found from the test's own place upwards.</summary>
    public static string Root { get; } = Find();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "ChaosBench.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no ChaosBench.sln above {AppContext.BaseDirectory}");
    }
}
