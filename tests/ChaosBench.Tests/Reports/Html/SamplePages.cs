using System.Text;

namespace ChaosBench.Tests.Reports.Html;

/// <summary>Writes sample reports into the folder named by CHAOSBENCH_PAGES, for looking at.</summary>
public sealed class SamplePages
{
    [SkippableFact]
    public void Write_FolderNamed_PagesToLookAt()
    {
        var folder = Environment.GetEnvironmentVariable("CHAOSBENCH_PAGES");
        Skip.If(string.IsNullOrEmpty(folder), "CHAOSBENCH_PAGES names no folder to write sample reports to");
        Directory.CreateDirectory(folder!);
        foreach (var (name, run) in Pages())
        {
            var page = run.Report();
            File.WriteAllText(Path.Combine(folder!, name), page, new UTF8Encoding(false));
            Assert.InRange(page.Length, 1, 3_000_000);
        }
    }

    private static IEnumerable<(string Name, SampleRun Run)> Pages() =>
    [
        ("pass.html", new SampleRun()),
        ("fail.html", new SampleRun { Accuracy = 0.4, Failing = 0.45 }),
        ("compare.html", new SampleRun { WithBaseline = true }),
        ("dead.html", new SampleRun { Failing = 1 }),
        ("hostile.html", new SampleRun { Hostile = HostileText.Everything }),
    ];
}
