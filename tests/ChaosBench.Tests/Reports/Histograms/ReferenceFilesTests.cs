using ChaosBench.Reports.Histograms;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Histograms;

/// <summary>Files that the reference implementation wrote; the figures are those of its own tests.</summary>
public class ReferenceFilesTests
{
    [SkippableFact]
    public void Read_JHiccupLog_GivesTheReferencesFigures()
    {
        var intervals = ReadLog("jHiccup-2.0.7S.logV2.hlog");
        var all = Sum(intervals);

        Assert.Equal((62, 48_761L), (intervals.Count, all.Count));
        Assert.Equal((1_745_879_039L, 1_796_210_687L), (all.ValueAtShare(0.999), all.Max));
        // The column is the reference's own reading of each histogram.
        Assert.All(intervals, interval => Assert.Equal(interval.Max, interval.Histogram.Max / 1e6, 3));
    }

    [SkippableFact]
    public void Read_TaggedLog_KeepsTheTagsApart()
    {
        var intervals = ReadLog("tagged-Log.logV2.hlog");
        var (plain, tagged) = (intervals.Where(one => one.Tag is null).ToList(), intervals.Where(one => one.Tag == "A").ToList());

        Assert.Equal(intervals.Count, plain.Count + tagged.Count);
        Assert.Equal(HdrCodec.ToBase64(Sum(plain)), HdrCodec.ToBase64(Sum(tagged)));
    }

    [SkippableFact]
    public void Write_WhatWasRead_ReadsTheSame()
    {
        var intervals = ReadLog("tagged-Log.logV2.hlog");
        using var text = new StringWriter();
        IntervalLog.Write(text, DateTimeOffset.UnixEpoch, "a\ncopy", intervals);

        var again = IntervalLog.Read(new StringReader(text.ToString()), "copy").ToList();

        Assert.Equal(
            intervals.Select(one => (one.Tag, one.Start, one.Seconds, one.Max, HdrCodec.ToBase64(one.Histogram))),
            again.Select(one => (one.Tag, one.Start, one.Seconds, one.Max, HdrCodec.ToBase64(one.Histogram))));
        Assert.DoesNotContain("\ncopy", text.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Write_TenValues_IsTheReferencesTable()
    {
        var path = DataFolder.Require("hdrhistogram/Sample_10kBy1k_3sf_TicksPerHour_asMs_20percPerHalfDistance.hgrm");
        var histogram = new HdrHistogram(1, 36_000_000_000, 3);
        for (var ticks = 0; ticks < 10_000; ticks += 1000)
        {
            histogram.Record(ticks);
        }

        using var text = new StringWriter();
        PercentileTable.Write(text, histogram, scale: 10_000, ticks: 20);

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n").TrimEnd('\n'), text.ToString().TrimEnd('\n'));
        Assert.Equal(10, PercentileTable.Read(new StringReader(text.ToString()), "table")[^1].Count);
    }

    [SkippableFact]
    public void Read_LogCutAnywhere_NamesTheLine()
    {
        var text = File.ReadAllText(DataFolder.Require("hdrhistogram/tagged-Log.logV2.hlog"));
        for (var at = 0; at < text.Length; at += 13)
        {
            try
            {
                Assert.All(IntervalLog.Read(new StringReader(text[..at]), "cut.hlog").ToList(), one => Assert.True(one.Histogram.Count > 0));
            }
            catch (HistogramFormatException named)
            {
                Assert.Matches("^cut\\.hlog:[0-9]+: ", named.Message);
            }
        }
    }

    [Theory]
    [InlineData("Tag=A", "the tag has no end")]
    [InlineData("1,2,3", "start,length,max,histogram")]
    [InlineData("1,NaN,3,HISTFAAAAEV4", "start,length,max,histogram")]
    [InlineData("1,2,3,HISTFAAAAEV4!", "no base64")]
    [InlineData("1,2,3,AAAAAAAAAAA=", "cookie is 0x00000000")]
    public void Read_WrongLine_SaysWhereAndWhy(string line, string why)
    {
        var message = Assert.Throws<HistogramFormatException>(
            () => IntervalLog.Read(new StringReader("#[comment]\n" + line), "log").ToList()).Message;

        Assert.StartsWith("log:2: ", message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.0 2.0 3\n")]
    [InlineData("hello\n")]
    public void ReadTable_WrongText_IsANamedError(string text) =>
        Assert.StartsWith("t", Assert.Throws<HistogramFormatException>(() => PercentileTable.Read(new StringReader(text), "t")).Message,
            StringComparison.Ordinal);

    private static List<LoggedInterval> ReadLog(string name)
    {
        using var source = File.OpenText(DataFolder.Require("hdrhistogram/" + name));
        return [.. IntervalLog.Read(source, name)];
    }

    private static HdrHistogram Sum(IEnumerable<LoggedInterval> intervals)
    {
        var sum = new HdrHistogram(1, 3_600_000_000_000, 3);
        foreach (var one in intervals)
        {
            sum.Add(one.Histogram);
        }

        return sum;
    }
}
