using System.ClientModel;
using System.ClientModel.Primitives;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using OpenAI;
using OpenAI.Chat;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>Our client and the official one read every recorded chat alike.</summary>
public abstract class OfficialClientTests(HttpTransport transport)
{
    [SkippableTheory]
    [InlineData("recorded/openai-dotnet")]
    [InlineData("recorded/openllmetry")]
    public async Task SendAsync_RecordedChat_SaysWhatTheOfficialClientSays(string folder)
    {
        var compared = 0;
        foreach (var (file, recording) in Recording.In(folder).Where(one => one.Recording.IsChat))
        {
            await using var server = new ScriptedServer(new Answer(recording.Wire()));

            var official = await AskOfficialAsync(server.Url, recording.IsStream);
            var (response, _) = await Ask.OnceAsync(
                Ask.Settings(server.Url) with { Transport = transport }, Plans.Arrival(0, 0, stream: recording.IsStream));

            Assert.True(
                official is null || official == Ours(response),
                $"{file}: the official client says {official}, ours {Ours(response)} ({response.Reason})");
            compared += official is null ? 0 : 1;
        }

        Assert.NotEqual(0, compared);
    }

    /// <summary>A refusal is output of its own kind to the one and no text to the other.</summary>
    private static Said Ours(Response response) => new(
        response.Status!.Value, response.Outcome == Outcome.Completed ? response.Text : null, response.FinishReason,
        response.InputTokens, response.Outcome == Outcome.Completed && response.InputTokens is not null ? response.OutputTokens : null);

    /// <summary>Null where the official client cannot read what the service sent.</summary>
    private static async Task<Said?> AskOfficialAsync(Uri url, bool stream)
    {
        var client = new ChatClient("m", new ApiKeyCredential("none"), new OpenAIClientOptions
        {
            Endpoint = url, RetryPolicy = new ClientRetryPolicy(0),
        });
        ChatMessage[] messages = [new UserChatMessage("question")];
        try
        {
            return stream ? await StreamAsync(client, messages) : Of((await client.CompleteChatAsync(messages)).Value);
        }
        catch (ClientResultException refused)
        {
            return new Said(refused.Status, null, null, null, null);
        }
        catch (ArgumentOutOfRangeException)
        {
            // One recorded service gives `created` in milliseconds, which is no date to that client.
            return null;
        }
    }

    private static Said Of(ChatCompletion whole) => new(
        200, string.Concat(whole.Content.Select(part => part.Text)), Word(whole.FinishReason),
        whole.Usage?.InputTokenCount, whole.Usage?.OutputTokenCount);

    private static async Task<Said> StreamAsync(ChatClient client, ChatMessage[] messages)
    {
        var said = new Said(200, "", null, null, null);
        await foreach (var update in client.CompleteChatStreamingAsync(messages))
        {
            said = said with
            {
                Text = said.Text + string.Concat(update.ContentUpdate.Select(part => part.Text)),
                Finish = update.FinishReason is { } reason ? Word(reason) : said.Finish,
                Input = update.Usage?.InputTokenCount ?? said.Input,
                Output = update.Usage?.OutputTokenCount ?? said.Output,
            };
        }

        return said;
    }

    private static string Word(ChatFinishReason reason) => reason switch
    {
        ChatFinishReason.Stop => "stop",
        ChatFinishReason.Length => "length",
        ChatFinishReason.ToolCalls => "tool_calls",
        ChatFinishReason.ContentFilter => "content_filter",
        ChatFinishReason.FunctionCall => "function_call",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private sealed record Said(int Status, string? Text, string? Finish, int? Input, int? Output);
}

public sealed class OfficialClientOnEventLoopTests() : OfficialClientTests(HttpTransport.EventLoop);

public sealed class OfficialClientOnSocketsHandlerTests() : OfficialClientTests(HttpTransport.SocketsHandler);
