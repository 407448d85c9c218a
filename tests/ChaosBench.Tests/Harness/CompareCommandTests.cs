using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Reports;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

public sealed class CompareCommandTests : IDisposable
{
    private readonly CommandSession _session = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Compare_FoldersThatAreNoRuns_AreNamed()
    {
        var run = await WriteAsync("good", 0.1);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, "broken")).FullName, "manifest.json"), "{");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, "newer")).FullName, "manifest.json"), "{\"schema\": 99}");

        Assert.Equal(4, await _session.CallAsync("compare", run, Path.Combine(_folder.Path, "nope")));
        Assert.Equal(4, await _session.CallAsync("compare", Path.Combine(_folder.Path, "broken"), run));
        Assert.Equal(4, await _session.CallAsync("compare", Path.Combine(_folder.Path, "newer"), run));
        Assert.Equal(4, await _session.CallAsync("compare", run, run, "--margin", "5"));

        Assert.Contains("nope: no such run folder", _session.Error, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("broken", "manifest.json"), _session.Error, StringComparison.Ordinal);
        Assert.Contains("this file has schema 99", _session.Error, StringComparison.Ordinal);
        Assert.Contains("--margin 5: ", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_SlowerRun_ExitsWithOneAndTheSameWithTwoOrZero()
    {
        var (fast, slow) = (await WriteAsync("fast", 0.1), await WriteAsync("slow", 0.2));

        Assert.Equal(1, await _session.CallAsync("compare", fast, slow));
        Assert.StartsWith("WORSE: the second run is worse: p50 ttft +100 %", _session.Out, StringComparison.Ordinal);
        Assert.Contains("Nothing that the manifests tell is different.", _session.Out, StringComparison.Ordinal);

        var page = Path.Combine(_folder.Path, "page.html");
        Assert.Equal(1, await _session.CallAsync("compare", fast, slow, "--html", page));
        var html = File.ReadAllText(page);
        Assert.Contains("Is the second run worse than the first?", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Equal(4, await _session.CallAsync("compare", fast, slow, "--html", Path.Combine(_folder.Path, "no", "page.html")));

        _session.Forget();
        Assert.Equal(0, await _session.CallAsync("compare", fast, fast, "--points", "5%", "--json"));
        Assert.Contains("\"verdict\": \"pass\"", _session.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_FolderOfRuns_ShowsThemAndNamesWhatIsNone()
    {
        for (var i = 0; i < 6; i++)
        {
            RunFolder.Rebuild(await WriteAsync($"run-{i}", 0.1 + (i * 0.001)));
        }

        Directory.CreateDirectory(Path.Combine(_folder.Path, "empty"));

        Assert.Equal(0, await _session.CallAsync("history", _folder.Path));

        Assert.Matches(@"p95 ttft +6 runs", _session.Out);
        Assert.Contains(Path.Combine("empty", "manifest.json"), _session.Error, StringComparison.Ordinal);
        Assert.Equal(4, await _session.CallAsync("history", Path.Combine(_folder.Path, "nope")));
    }

    private async Task<string> WriteAsync(string name, double ttft)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
        RunFiles.WriteManifest(folder, Some.Manifest("steady"));
        await using var journal = JournalWriter.Create(folder, TimeProvider.System);
        journal.Write(Some.Run());
        foreach (var entry in Some.Requests(600, (number, at) => Some.Request(number, at, ttft: ttft * (1 + (0.01 * (number * 7 % 13))))))
        {
            journal.Write(entry);
        }

        journal.Write(Some.End());
        return folder;
    }
}
