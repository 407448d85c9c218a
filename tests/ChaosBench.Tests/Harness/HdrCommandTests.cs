using ChaosBench.Reports.Histograms;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

public sealed class HdrCommandTests : IDisposable
{
    private readonly CommandSession _session = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Hdr_TwoLogs_AreMergedByTag()
    {
        var (left, right) = (Log("left.hlog", ("a.ttft", 1_000_000)), Log("right.hlog", ("a.ttft", 3_000_000), ("b.ttft", 9_000_000)));

        Assert.Equal(0, await _session.CallAsync("hdr", left, right, "--json"));

        Assert.Matches("(?s)\"tag\": \"a.ttft\",\\s+\"count\": 200,.*\"tag\": \"b.ttft\",\\s+\"count\": 100,", _session.Out);
    }

    [Fact]
    public async Task Hdr_Table_IsWrittenForOneTag()
    {
        var log = Log("one.hlog", ("a.ttft", 1_000_000), ("b.ttft", 2_000_000));
        var table = Path.Combine(_folder.Path, "out.hgrm");

        Assert.Equal(4, await _session.CallAsync("hdr", log, "--hgrm", table));
        Assert.Contains("choose with --tag a.ttft or b.ttft", _session.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("hdr", log, "--tag", "b.ttft", "--hgrm", table));

        using var text = File.OpenText(table);
        Assert.Equal(100, PercentileTable.Read(text, table)[^1].Count);
    }

    [Fact]
    public async Task Hdr_DamagedFile_IsNamedWithItsLine()
    {
        var path = _folder.File("bad.hlog", "#[comment]\n0,1,2,HISTFAAA\n");

        Assert.Equal(4, await _session.CallAsync("hdr", path));

        Assert.Contains("bad.hlog:2: ", _session.Error, StringComparison.Ordinal);
    }

    private string Log(string name, params (string Tag, long Nanos)[] rows)
    {
        using var text = new StringWriter();
        IntervalLog.Write(text, DateTimeOffset.UnixEpoch, "test", rows.Select(row =>
        {
            var histogram = new HdrHistogram(1000, 3_600_000_000_000, 3);
            histogram.Record(row.Nanos, 100);
            return new LoggedInterval(0, 1, histogram.Max, row.Tag, histogram);
        }));
        return _folder.File(name, text.ToString());
    }
}
