using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>Recorded replies that end too early, at any byte: one named outcome each, and the longer reply is never the worse one.</summary>
public abstract class RecordedCutTests(HttpTransport transport)
{
    /// <summary>Of a longer reply only this many offsets are tried, beside the whole head and the whole end.</summary>
    private const int MaxOffsets = 600;

    private const int Edge = 100;

    [SkippableFact]
    public async Task SendAsync_RecordedStreamCutAtEachByte_HasOneNamedOutcome()
    {
        var (file, recording) = Recording.In("recorded/openllmetry").Where(one => one.Recording is { IsStream: true, IsChat: true })
            .MinBy(one => one.Recording.Body.Length);

        await CutAsync(file, recording, Enumerable.Range(0, recording.Chunked().Length + 1));
    }

    [SkippableTheory]
    [InlineData("recorded/openai-dotnet")]
    [InlineData("recorded/openllmetry")]
    public async Task SendAsync_RecordedCut_HasOneNamedOutcome(string folder)
    {
        foreach (var (file, recording) in Recording.In(folder))
        {
            var length = recording.Chunked().Length;
            var step = Math.Max(1, length / MaxOffsets);
            await CutAsync(file, recording, Enumerable.Range(0, length + 1).Where(at => at < 300 || at > length - Edge || at % step == 0));
        }
    }

    private async Task CutAsync(string file, Recording recording, IEnumerable<int> offsets)
    {
        var wire = recording.Chunked();
        var head = wire.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        var length = 0;
        await using var server = new ScriptedServer(_ => new Answer(wire.AsMemory(0, length)));
        await using var target = new OpenAiTarget(Ask.Settings(server.Url) with { Transport = transport });
        length = wire.Length;
        var whole = (await Ask.OnceAsync(target, Plans.Arrival(0, 0, stream: recording.IsStream))).Response;
        var ended = false;
        foreach (var offset in offsets)
        {
            length = offset;
            var (cut, _) = await Ask.OnceAsync(target, Plans.Arrival(0, 0, stream: recording.IsStream));

            ended |= cut.Outcome == whole.Outcome;
            var expected = offset < head ? Outcome.Reset : ended ? whole.Outcome : Outcome.Truncated;
            Assert.True(expected == cut.Outcome, $"{file} cut after {offset} of {wire.Length} bytes: {cut.Outcome} ({cut.Reason}), not {expected}");
            Assert.Equal(offset < head ? null : recording.Status, cut.Status);
            Assert.StartsWith(cut.Text ?? "", whole.Text ?? "", StringComparison.Ordinal);
        }

        Assert.True(ended);
    }
}

public sealed class RecordedCutOnEventLoopTests() : RecordedCutTests(HttpTransport.EventLoop);

public sealed class RecordedCutOnSocketsHandlerTests() : RecordedCutTests(HttpTransport.SocketsHandler);
