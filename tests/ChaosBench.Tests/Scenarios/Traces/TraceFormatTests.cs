using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Traces;
using ChaosBench.Tests.Scenarios.Prompts;

namespace ChaosBench.Tests.Scenarios.Traces;

public sealed class TraceFormatTests
{
    public static TheoryData<string, string> Files
    {
        get
        {
            var files = new TheoryData<string, string>();
            foreach (var sample in Samples.All)
            {
                files.Add(sample.Format, sample.File);
            }

            return files;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_SoundFile_HasItsRowsAndIsRecognised(string format, string file)
    {
        var sample = Samples.All.Single(one => one.File == file);

        var (rows, preview) = Samples.Read(format, file, sample.Text);
        var (same, told) = Samples.Read("auto", file, sample.Text);

        Assert.Equal(sample.Rows < 0 ? rows.Count : sample.Rows, rows.Count);
        Assert.NotEmpty(rows);
        Assert.Equal(0, preview.Skipped);
        Assert.Equal(rows.Count, preview.Rows);
        Assert.Equal(format == "vllm-trace" ? "mooncake" : format, told.Format);
        Assert.Equal(rows.Count, same.Count);
    }

    [Fact]
    public void All_EveryFormat_HasASampleHere() => Assert.Equal(
        TraceFormats.All.Select(format => format.Name).Order(StringComparer.Ordinal),
        Samples.All.Select(sample => sample.Format).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_BomMixedEndsAndGzip_SameRows(string format, string file)
    {
        var text = Samples.All.Single(one => one.File == file).Text;
        var plain = Samples.Read(format, file, text).Rows;
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        string[] ends = ["\n", "\r\n", "\r\n"];
        var mixed = string.Concat(lines.Select((line, at) => at + 1 < lines.Length ? line + ends[at % 3] : line));

        Assert.Equal(Told(plain), Told(Samples.Read(format, file, "\uFEFF" + text).Rows));
        Assert.Equal(Told(plain), Told(Samples.Read(format, file, mixed).Rows));
        Assert.Equal(Told(plain), Told(Samples.Read(format, file, Samples.Packed(text)).Rows));
    }

    [Fact]
    public void Write_AnyRow_ReadsBackTheSame()
    {
        foreach (var sample in Samples.All)
        {
            var rows = Samples.Read(sample.Format, sample.File, sample.Text).Rows;
            using var output = new MemoryStream();
            using (var trace = new NativeTrace(output, sample.Format, 512))
            {
                rows.ForEach(trace.Write);
            }

            Assert.Equal(Told(rows), Told(Samples.Read("chaosbench", "out.jsonl", output.ToArray()).Rows));
        }
    }

    [Fact]
    public void Azure_SevenDigits_AreKept()
    {
        var rows = Samples.Read("azure", "a.csv", Samples.All[1].Text).Rows;

        Assert.Equal(4_314_579_000, rows[1].At);
        Assert.Equal((396, 109), (rows[1].InputTokens, rows[1].OutputTokens));
    }

    [Fact]
    public void Azure_Offsets_AreHonoured() => Assert.Equal(1_500_000_000, Samples.Read("azure", "b.csv", Samples.All[2].Text).Rows[1].At);

    [Fact]
    public void BurstGpt_NoResponseTokens_IsAFailureNotAGap()
    {
        var (rows, preview) = Samples.Read("burstgpt", "c.csv", Samples.All[3].Text);

        Assert.Equal([false, true], rows.Select(row => row.Failed));
        Assert.Equal(1, preview.Failed);
        Assert.Equal(40_000_000_000, rows[1].At);
        Assert.Equal("GPT-4, API log", rows[1].Cohort);
    }

    [Fact]
    public void Bailian_Parent_HangsTogetherInOneSession()
    {
        var rows = Samples.Read("bailian", "i.jsonl", Samples.All.Single(one => one.Format == "bailian").Text).Rows;

        Assert.Equal(rows[0].Session, rows[1].Session);
        Assert.Equal(9_150_000_000, rows[1].At);
    }

    [Fact]
    public void ShareGpt_Turns_AreRequestsWithTheirAnswers()
    {
        var rows = Samples.Read("sharegpt", "j.json", Samples.All.Single(one => one.Format == "sharegpt").Text).Rows;

        Assert.Equal([("a", "b", false), ("c", "d", true)], rows.Select(row => (row.Messages![0].Content, row.Answer!, row.IsDelta)));
        Assert.Equal([1, 2], rows.Select(row => row.Turn!.Value));
    }

    [Fact]
    public void SessionRecords_Stream_TellsAnswerAndUsage()
    {
        var row = Assert.Single(Samples.Read("session-records", "m.json", Samples.All.Single(one => one.Format == "session-records").Text).Rows);

        Assert.Equal(("yes", 3, 1), (row.Answer!, row.InputTokens!.Value, row.OutputTokens!.Value));
    }

    [Fact]
    public void Har_OtherTraffic_IsIgnoredNotSkipped()
    {
        var (rows, preview) = Samples.Read("har", "o.har", Samples.All.Single(one => one.Format == "har").Text);

        Assert.True(Assert.Single(rows).Failed);
        Assert.Equal((1L, 0L), (preview.Ignored, preview.Skipped));
    }

    [Fact]
    public void ServeGen_OneSeed_DrawsTheSameRequestsAtTheRateOfTheWindows()
    {
        var text = string.Concat(Enumerable.Range(0, 50).Select(window => FormattableString.Invariant($"{window * 600},{(window % 2 == 0 ? 2 : 1)},1.5,{(window % 3 == 0 ? "Gamma,0.5" : "Weibull,0.6")},1\n")));
        List<TraceRecord> Draw(ulong seed) => Samples.Read("servegen", "x.csv", text, options => options with { Seed = seed, For = TimeSpan.FromHours(9) }).Rows;

        var rows = Draw(1);

        Assert.Equal(Told(rows), Told(Draw(1)));
        Assert.NotEqual(Told(rows), Told(Draw(2)));
        Assert.InRange(rows.Count, 45_000 - 1_500, 45_000 + 1_500);
        Assert.InRange(rows.Count(row => row.At / 600_000_000_000 % 2 == 0), 30_000 - 1_200, 30_000 + 1_200);
    }

    [Fact]
    public void ServeGen_DatasetBeside_GivesTheLengths()
    {
        var files = new MemoryFiles().With("c-trace.csv", "0,5,1,Gamma,1,1\n")
            .With("c-dataset.json", "{\"0\":{\"input_tokens\":\"{100: 0.25, 200: 0.75}\",\"output_tokens\":\"{7: 1.0}\"}}");
        using var pass = TracePass.Open("c-trace.csv", null, Samples.Options(files));

        var rows = pass.Rows().ToList();

        Assert.All(rows, row => Assert.Equal(7, row.OutputTokens));
        Assert.InRange(rows.Count(row => row.InputTokens == 200) / (double)rows.Count, 0.7, 0.8);
    }

    /// <summary>Everything of a record but its place in the file.</summary>
    private static List<string> Told(List<TraceRecord> rows) => rows.ConvertAll(row => string.Create(
        null, $"{row.At} {row.InputTokens} {row.OutputTokens} {string.Join(',', row.HashIds ?? [])} {Text(row.Messages)} {row.IsDelta} {row.Answer} {row.Session} {row.Turn} {row.Delay} {row.Cohort} {row.Failed}"));

    private static string Text(IReadOnlyList<ChatMessage>? messages) => string.Join('|', messages?.Select(message => message.ToString()) ?? []);
}
