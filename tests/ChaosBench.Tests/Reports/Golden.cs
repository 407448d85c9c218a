using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports;

/// <summary>Approved texts. <c>CHAOSBENCH_APPROVE=1</c> writes them anew; look at the difference before you commit it.</summary>
internal static class Golden
{
    public static void Check(string name, string actual)
    {
        var path = Path.Combine(Repository.Root, "tests", "ChaosBench.Tests", name);
        if (Environment.GetEnvironmentVariable("CHAOSBENCH_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
