using System.IO.Compression;
using System.Text;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Content;

public sealed class ContentFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => System.IO.Path.Combine(_folder.Path, ContentWriter.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_Texts_AreReadBackWithoutWhatIsPrivate()
    {
        await WriteAsync(Line(0, "mail ada@example.org", "call 415-555-2671\n\0\u202e\ud800"), Line(1, "two", null));

        var lines = ContentFile.Read(_folder.Path).ToList();

        Assert.Equal(["mail [e-mail]", "two"], lines.Select(line => line.Messages[0].Content));
        Assert.Equal("call [phone]\n\0\u202e\ufffd", lines[0].Output);
        Assert.Null(lines[1].Output);
        Assert.Equal((0, "k-0", "m", Outcome.Completed), (lines[0].Arrival, lines[0].Key, lines[0].Target, lines[0].Outcome));
        Assert.DoesNotContain("ada@", Encoding.UTF8.GetString(Unpacked()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_SecretAcrossTheCut_DoesNotLeaveItsHalf()
    {
        await WriteAsync(Line(0, "x", new string('a', ContentWriter.MaxText - 8) + " sk-abcdefghijklmnopqrstuvwxyz " + new string('b', 50_000)));

        var output = Assert.Single(ContentFile.Read(_folder.Path)).Output!;

        Assert.DoesNotContain("sk-", output, StringComparison.Ordinal);
        Assert.Contains("characters in all", output, StringComparison.Ordinal);
        Assert.InRange(output.Length, ContentWriter.MaxText, ContentWriter.MaxText + 100);
    }

    [Fact]
    public async Task Read_FileCutAnywhere_GivesTheLinesBeforeTheCut()
    {
        await WriteAsync([.. Enumerable.Range(0, 20).Select(number => Line(number, $"prompt {number}", new string('z', number * 50)))]);
        var whole = File.ReadAllBytes(Path);

        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(Path, whole[..length]);
            var lines = ContentFile.Read(_folder.Path).ToList();
            Assert.Equal(Enumerable.Range(0, lines.Count), lines.Select(line => line.Arrival));
        }
    }

    [Fact]
    public void Read_NewerSchema_IsRefusedWithThatSentence()
    {
        using (var packed = new GZipStream(File.Create(Path), CompressionLevel.Fastest))
        {
            packed.Write("{\"schema\": 99, \"share\": 1}\n"u8);
        }

        Assert.Contains("newer than this tool knows", Assert.Throws<JournalException>(() => ContentFile.Read(_folder.Path).ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFile_IsEmpty() => Assert.Empty(ContentFile.Read(_folder.Path));

    [Fact]
    public void Worst_OfTwoArms_ComesFirstWhereTheBaselineWasRight()
    {
        ContentLine[] content =
        [
            Line(0, "p", "wrong", key: "a"), Line(1, "p", "wrong", key: "b"), Line(2, "p", "right", key: "c"),
            Line(3, "p", "wrong too", key: "a", target: "base"), Line(4, "p", "right", key: "b", target: "base"),
        ];
        JournalEvent[] journal = [Score(0, 0), Score(1, null), Score(2, 1), Score(3, 0), Score(4, 1)];

        var worst = WorstAnswers.Of(journal, content, "m", "base");

        Assert.Equal([("b", true, "right"), ("a", false, "wrong too")], worst.Select(one => (one.Candidate.Key, one.BaselineIsRight, one.Baseline!.Output!)));
        Assert.Equal("accuracy: a field", worst[0].Why);
        Assert.Empty(WorstAnswers.Of(journal, [], "m", "base"));
    }

    private static JournalEvent.Score Score(int arrival, double? value) => new() { At = 1, Arrival = arrival, Grader = "accuracy", Value = value, Detail = "a field" };

    private static ContentLine Line(int arrival, string prompt, string? output, string? key = null, string target = "m") => new()
    {
        Arrival = arrival, Key = key ?? $"k-{arrival}", Target = target, Outcome = Outcome.Completed,
        Messages = [new ContentMessage("user", prompt)], Output = output,
    };

    private async Task WriteAsync(params ContentLine[] lines)
    {
        var writer = new ContentWriter(File.Create(Path), RedactionRules.Default, 1);
        foreach (var line in lines)
        {
            writer.Write(line);
        }

        await writer.DisposeAsync();
        Assert.Equal(0, writer.LeftOut);
    }

    private byte[] Unpacked()
    {
        using var packed = new GZipStream(File.OpenRead(Path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        packed.CopyTo(bytes);
        return bytes.ToArray();
    }
}
