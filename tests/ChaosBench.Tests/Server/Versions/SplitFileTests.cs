using ChaosBench.Server.Versions;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Versions;

public sealed class SplitFileTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _told = [];
    private string _path = "";
    private TwoVersions _two = null!;
    private SplitFile _file = null!;

    public async Task InitializeAsync()
    {
        _two = await TwoVersions.StartAsync("95/5");
        _path = _folder.File("split", "95/5\n");
        _file = new SplitFile(_path, _two.Versions, TimeProvider.System, Tell);
    }

    public async Task DisposeAsync()
    {
        await _file.DisposeAsync();
        await _two.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Change_IsFollowedAndTold()
    {
        await WriteAsync("100/0");

        Assert.Equal("100/0", _two.Versions.Split!.ToString());
        Assert.Equal(["traffic split is now 100/0 (was 95/5)"], Told);
    }

    [Theory]
    [InlineData("95/6")]
    [InlineData("canary")]
    [InlineData("")]
    public async Task BadContent_KeepsTheSplit_SaysSoOnceAndInTheMetrics(string content)
    {
        await WriteAsync(content);
        Assert.Contains("chaosbench_split_last_reload_successful 0", await _two.MetricsAsync(), StringComparison.Ordinal);

        await WriteAsync("90/10");

        Assert.Equal(2, Told.Length);
        Assert.StartsWith($"{_path}: is not a traffic split; write STABLE/CANARY in percent", Told[0], StringComparison.Ordinal);
        Assert.EndsWith("; the traffic split stays 95/5", Told[0], StringComparison.Ordinal);
        Assert.Equal("traffic split is now 90/10 (was 95/5)", Told[1]);
        Assert.Contains("chaosbench_split_last_reload_successful 1", await _two.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeContent_IsRefused()
    {
        await WriteAsync(new string(' ', 2_000_000) + "100/0");

        Assert.Equal("95/5", _two.Versions.Split!.ToString());
        Assert.Contains("is not a traffic split", Told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingFile_KeepsTheSplit_AndComesBack()
    {
        File.Delete(_path);
        await ToldAsync(1);
        Assert.Equal($"{_path}: is missing; write {TrafficSplit.Form} into it; the traffic split stays 95/5", Told[0]);

        await WriteAsync("95/5");

        Assert.Equal($"{_path}: is readable again; the traffic split is 95/5", Told[1]);
    }

    private string[] Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    private void Tell(string line)
    {
        lock (_told)
        {
            _told.Add(line);
        }
    }

    /// <summary>Writes, and waits until the watcher has said what it thinks of it.</summary>
    private async Task WriteAsync(string content)
    {
        var before = Told.Length;
        await File.WriteAllTextAsync(_path, content);
        await ToldAsync(before + 1);
    }

    private Task ToldAsync(int count) => Eventually.TrueAsync(() => Told.Length >= count, "the watcher tells");
}
