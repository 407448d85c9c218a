using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>Replies that real services gave to real clients, served again byte for byte on loopback.</summary>
public abstract class RecordedReplyTests(HttpTransport transport)
{
    [SkippableTheory]
    [InlineData("recorded/openai-dotnet")]
    [InlineData("recorded/openllmetry")]
    public async Task SendAsync_Recorded_ParsesEach(string folder)
    {
        foreach (var (file, recording) in Recording.In(folder))
        {
            await ReplayAsync(file, recording);
        }
    }

    private async Task ReplayAsync(string file, Recording recording)
    {
        await using var server = new ScriptedServer(new Answer(recording.Wire()));

        var (response, instants) = await Ask.OnceAsync(Settings(server.Url), Plans.Arrival(0, 0, stream: recording.IsStream));

        var expected = recording.Status >= 400 ? Outcomes.FromStatus(recording.Status)
            : recording.Uri.EndsWith("/responses", StringComparison.Ordinal) ? Outcome.Malformed : Outcome.Completed;
        Assert.True(expected == response.Outcome, $"{file}: {response.Outcome} ({response.Reason})");
        Assert.Equal(recording.Status, response.Status);
        if (expected == Outcome.Completed)
        {
            Assert.NotNull(response.FinishReason);
            Assert.NotNull(instants.FirstToken);
            Assert.Equal(recording.UsageField("completion_tokens") ?? (int)instants.Tokens, response.OutputTokens);
            Assert.Equal(recording.UsageField("prompt_tokens"), response.InputTokens);
        }
    }

    private OpenAiSettings Settings(Uri url) => Ask.Settings(url) with { Transport = transport };
}

public sealed class RecordedReplyOnEventLoopTests() : RecordedReplyTests(HttpTransport.EventLoop);

public sealed class RecordedReplyOnSocketsHandlerTests() : RecordedReplyTests(HttpTransport.SocketsHandler);
