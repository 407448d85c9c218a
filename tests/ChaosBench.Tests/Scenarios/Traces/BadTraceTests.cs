using System.Text;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces;
using FsCheck;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Scenarios.Traces;

/// <summary>Files made to mislead or to hurt: each ends in one named error, with its place and its remedy, and soon.</summary>
public sealed class BadTraceTests
{
    private const int Timeout = 60_000;

    public static TheoryData<string, string, string> Files => new()
    {
        { "azure", "2023-11-16 18:15:46.68,374,44\n", "t:1: the first line does not name the column TIMESTAMP; put this line before it: TIMESTAMP,ContextTokens,GeneratedTokens" },
        { "azure", "TIMESTAMP,ContextTokens,GeneratedTokens\n16.11.2023 18:15,374,44\n", "t:2: TIMESTAMP is no date with a time, like 2023-11-16 18:15:46.6805900; 1 of 1 rows" },
        { "azure", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,-4,44\n", "t:2: ContextTokens is no number of tokens; 1 of 1 rows cannot be read and at most 0.1 % may be" },
        { "azure", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,1\n", "t:2: 2 fields where the header has 3" },
        { "azure", "TIMESTAMP,ContextTokens,GeneratedTokens\n", "t: holds no rows; is it of the format azure?" },
        { "burstgpt", "5,ChatGPT,472,18,490,Conversation log\n", "put this line before it: Timestamp,Model,Request tokens,Response tokens,Log Type" },
        { "mooncake", "{\"timestamp\": 0, \"output_length\": 1}\n", "t:1: has no input_length" },
        { "mooncake", "{\"timestamp\": \"soon\", \"input_length\": 1}\n", "t:1: timestamp is no time in milliseconds" },
        { "mooncake", "{\"timestamp\": 1e400, \"input_length\": 1}\n", "t:1: timestamp is no time in milliseconds" },
        { "mooncake", "{\"timestamp\": 0, \"input_length\": 1, \"hash_ids\": [1.5]}\n", "t:1: hash_ids holds something that is no whole number" },
        { "mooncake", "\n\n{broken\n", "t:3: not valid JSON" },
        { "mooncake", "[1]\n", "t:1: not a JSON object" },
        { "sharegpt", "[{\"conversations\":[\n{\"from\":\"human\",\n\"value\":\"a\"}", "t:3: the JSON is broken or cut off here; repair the file or fetch it again" },
        { "session-records", "{\"Entries\":[\n{]}", "t:2: the JSON is broken or cut off here" },
        { "openai-messages", "{\"filetype\":\"generate_conversations\",\"num_conversations\":24}", "t: is a recipe for making conversations up" },
        { "vcr", "interactions:\n- request: {body: 'x\n", "t:" },
        { "servegen", "0,1,1,Gamma,1,1\n0,1,1,Gamma,1,1\n", "t:2: a window that starts before the last one" },
        { "servegen", "0,-1,1,Gamma,1,1\n", "t:1: not start, rate, variation, family" },
        { "chaosbench", "{\"at\":1}\n", "t:1: no header; the first line of a trace is {\"chaosbench\":\"trace\",\"version\":1}" },
        { "chaosbench", "{\"chaosbench\":\"trace\",\"version\":9}\n", "t:1: was written by a newer version" },
        { "prompts", "", "t" },
        { "mooncake", "PK\u0003\u0004", "t: is a zip archive; unpack it" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_BadFile_NamesPlaceAndRemedy(string format, string text, string message)
    {
        var problem = Assert.Throws<PromptException>(() => Samples.Read(format, "t", text));

        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.StartsWith("t:", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Utf16_SaysSo() => Assert.Equal(
        "t:1: is UTF-16; save it as UTF-8",
        Assert.Throws<PromptException>(() => Samples.Read("azure", "t", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("TIMESTAMP")])).Message);

    [Fact]
    public void Read_OneBadRowInAThousand_IsCountedAndShown()
    {
        var lines = Enumerable.Range(0, 1_000).Select(row => $"{{\"timestamp\": {row * 1000}, \"input_length\": 5}}").Append("{oops}").ToList();

        var (rows, preview) = Samples.Read("mooncake", "t", string.Join('\n', lines));

        Assert.Equal((1_000, 1L), (rows.Count, preview.Skipped));
        Assert.Equal("t:1001: not valid JSON", Assert.Single(preview.Skips));
        Assert.StartsWith("t:1001: not valid JSON; 2 of 1,002 rows", Assert.Throws<PromptException>(
            () => Samples.Read("mooncake", "t", string.Join('\n', lines.Append("{oops}")))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mooncake", 0.3, "too fast to be true")]
    [InlineData("mooncake", 300_000, "too slow to be true")]
    [InlineData("burstgpt", 0.0003, "too fast to be true")]
    [InlineData("burstgpt", 300, "too slow to be true")]
    public void Read_WrongUnit_IsRefusedUnlessNamedOrConfirmed(string format, double gap, string message)
    {
        var text = format == "mooncake"
            ? string.Concat(Enumerable.Range(0, 500).Select(row => FormattableString.Invariant($"{{\"timestamp\": {row * gap}, \"input_length\": 1000}}\n")))
            : Samples.All[3].Text.Split('\n')[0] + "\n" + string.Concat(Enumerable.Range(0, 500).Select(row => FormattableString.Invariant($"{row * gap},GPT-4,900,100,1000,API log\n")));

        var problem = Assert.Throws<PromptException>(() => Samples.Read(format, "t", text));

        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains("--unit UNIT, or --yes", problem.Message, StringComparison.Ordinal);
        Assert.Equal(500, Samples.Read(format, "t", text, options => options with { Trust = true }).Rows.Count);
        var named = Samples.Read(format, "t", text, options => options with { Unit = Samples.Format(format).Unit });
        Assert.Equal(gap * 499 / (format == "mooncake" ? 1000 : 1), named.Preview.SpanSeconds!.Value, 6);
    }

    [Fact]
    public void Read_FourHundredDays_IsRefusedEvenWithDates() => Assert.Contains(
        "its times span 31", Assert.Throws<PromptException>(() => Samples.Read(
            "azure", "t", "TIMESTAMP,ContextTokens,GeneratedTokens\n1938-01-01 00:00:00,1,1\n2024-01-01 00:00:00,1,1\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_Unsorted_IsPutInOrderAndReported()
    {
        int[] at = [3000, 1000, 2000, 0, 5000, 4000];
        var (rows, preview) = Samples.Read("mooncake", "t", string.Concat(at.Select(time => $"{{\"timestamp\": {time}, \"input_length\": {time + 1}}}\n")));

        Assert.Equal([0, 1, 2, 3, 4, 5], rows.Select(row => row.At!.Value / 1_000_000_000));
        Assert.Equal(4, preview.OutOfOrder);
        Assert.Equal([1, 1001, 2001, 3001, 4001, 5001], rows.Select(row => row.InputTokens!.Value));
    }

    [Fact]
    public void Read_DisorderBeyondTheHeap_NamesTheRow()
    {
        var lines = Enumerable.Range(1, 120_000).Select(row => $"{{\"timestamp\": {row * 10}, \"input_length\": 1}}").Append("{\"timestamp\": 0, \"input_length\": 1}");

        Assert.StartsWith("t:120001: the row belongs more than 100,000 rows earlier; sort the file by time first", Assert.Throws<PromptException>(
            () => Samples.Read("mooncake", "t", string.Join('\n', lines))).Message, StringComparison.Ordinal);
    }

    /// <summary>Cut anywhere, a packed file is damaged: what was read of it must not pass for the whole.</summary>
    [Fact]
    public void Read_GzipCutAnywhere_IsDamaged()
    {
        var text = Samples.All[1].Text + string.Concat(Enumerable.Range(0, 200).Select(row => $"\r\n2023-11-16 18:2{row % 10}:50.9951690,{row * 7919 % 1000},{row * 31}"));
        var packed = Samples.Packed(text);
        for (var length = 3; length < packed.Length; length++)
        {
            var problem = Assert.Throws<PromptException>(() => Samples.Read("azure", "t", packed[..length]));
            Assert.True(problem.Message.Contains("fetch", StringComparison.Ordinal), $"{length}: {problem.Message}");
        }
    }

    public static TheoryData<string> Formats => [.. TraceFormats.All.Select(format => format.Name)];

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Formats))]
    public async Task Read_AnyBytes_EndsInRowsOrAPromptException(string format) => await Task.Run(() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), bytes => Ends(format, "t.bin", bytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(500)));

    /// <summary>Bytes changed, removed, doubled or cut in a good file reach deeper than random ones.</summary>
    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Formats))]
    public async Task Read_DamagedFile_EndsInRowsOrAPromptException(string format) => await Task.Run(() =>
    {
        foreach (var sample in Samples.All.Where(sample => sample.Format == format))
        {
            var good = Encoding.UTF8.GetBytes(sample.Text);
            var edit = from at in Gen.Choose(0, good.Length - 1) from kind in Gen.Choose(0, 3) from letter in Gen.Choose(0, 255) select (at, kind, (byte)letter);
            Prop.ForAll(edit.ArrayOf().ToArbitrary(), edits => Ends(format, sample.File, edits.Aggregate(good, Damage)))
                .Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        }
    });

    [Theory(Timeout = Timeout)]
    [InlineData("sharegpt", "[", 2_000_000)]
    [InlineData("sharegpt", "{\"a\":", 500_000)]
    [InlineData("vcr", "interactions:\n- request: ", 1)]
    [InlineData("vcr", "[", 200_000)]
    [InlineData("azure", "TIMESTAMP,", 1_000_000)]
    [InlineData("mooncake", "{\"hash_ids\":[", 100_000)]
    [InlineData("azure", "\"", 2_000_001)]
    public async Task Read_DeepOrWide_EndsSoon(string format, string part, int times) =>
        Assert.True(await Task.Run(() => Ends(format, "t", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, times))))));

    private static bool Ends(string format, string file, byte[] bytes)
    {
        try
        {
            return Samples.Read(format, file, bytes).Preview.Rows >= 0;
        }
        catch (PromptException problem)
        {
            return problem.Message.StartsWith(file, StringComparison.Ordinal) && problem.Message.Length < 1_000;
        }
    }

    private static byte[] Damage(byte[] bytes, (int At, int Kind, byte Letter) edit)
    {
        var at = Math.Min(edit.At, bytes.Length);
        return edit.Kind switch
        {
            0 => [.. bytes[..at], edit.Letter, .. bytes.Skip(at + 1)],
            1 => [.. bytes[..at], .. bytes.Skip(at + 1)],
            2 => [.. bytes[..at], .. bytes[at..], .. bytes[at..]],
            _ => bytes[..at],
        };
    }
}
