using ChaosBench.Reports.Content;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

public sealed class CleanCommandTests : IDisposable
{
    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Clean_KeepTwo_SaysWhatWouldGoAndThenRemovesIt()
    {
        string[] runs = [Run("20260101T000000Z-a-1"), Run("20260102T000000Z-a-1"), Run("20260103T000000Z-b-1")];
        var bystander = Directory.CreateDirectory(Path.Combine(_session.Runs, "20250101T000000Z-mine-1")).FullName;

        Assert.Equal(0, await _session.CallAsync("clean", _session.Runs, "--keep", "2"));
        Assert.All(runs, run => Assert.True(Directory.Exists(run)));
        Assert.Contains("would remove", _session.Out, StringComparison.Ordinal);
        Assert.Contains("--yes", _session.Error, StringComparison.Ordinal);

        Assert.Equal(0, await _session.CallAsync("clean", _session.Runs, "--keep", "2", "--yes"));
        Assert.Equal([false, true, true], runs.Select(Directory.Exists));
        Assert.True(Directory.Exists(bystander)); // no manifest: not ours
    }

    [Fact]
    public async Task Clean_Content_LeavesTheRun()
    {
        var run = Run("20260101T000000Z-a-1");

        Assert.Equal(0, await _session.CallAsync("clean", _session.Runs, "--older-than", "30d", "--content", "--yes"));

        Assert.Equal(["manifest.json"], Directory.GetFiles(run).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Clean_RunThatLives_IsLeftAlone()
    {
        var run = Run("20260101T000000Z-a-1");
        File.WriteAllText(Path.Combine(run, "journal.jsonl"), "{}\n");

        Assert.Equal(0, await _session.CallAsync("clean", _session.Runs, "--keep", "0", "--yes"));

        Assert.True(Directory.Exists(run));
    }

    [Fact]
    public async Task Clean_LinkInTheFolder_IsNotFollowed()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_session.Folder.Path, "20200101T000000Z-x-1")).FullName;
        File.WriteAllText(Path.Combine(elsewhere, "manifest.json"), "{}");
        Directory.CreateDirectory(_session.Runs);
        Directory.CreateSymbolicLink(Path.Combine(_session.Runs, "20200101T000000Z-x-1"), elsewhere);

        Assert.Equal(0, await _session.CallAsync("clean", _session.Runs, "--keep", "0", "--yes"));

        Assert.True(File.Exists(Path.Combine(elsewhere, "manifest.json")));
    }

    [Theory]
    [InlineData("say which runs may go")]
    [InlineData("write a time such as", "--older-than", "soon")]
    [InlineData("write a time such as", "--older-than", "-3d")]
    public async Task Clean_BadOrder_ExitsFourWithTheRemedy(string remedy, params string[] words)
    {
        Directory.CreateDirectory(_session.Runs);

        Assert.Equal(4, await _session.CallAsync(["clean", _session.Runs, .. words]));
        Assert.Contains(remedy, _session.Error, StringComparison.Ordinal);
    }

    private string Run(string name)
    {
        var path = Directory.CreateDirectory(Path.Combine(_session.Runs, name)).FullName;
        File.WriteAllText(Path.Combine(path, "manifest.json"), "{}");
        File.WriteAllText(Path.Combine(path, ContentWriter.FileName), "x");
        return path;
    }
}
