using System.ClientModel;
using System.ClientModel.Primitives;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using OpenAI;
using OpenAI.Chat;

namespace ChaosBench.Tests.Server.Http;

/// <summary>The official client, which this project did not write, against the face.</summary>
public sealed class OpenAiClientTests : IAsyncLifetime
{
    private readonly FakeModel _model = new() { Script = ["Guten ", "Tag \U0001F600"] };
    private ModelServer _server = null!;
    private HttpFace _face = null!;

    public async Task InitializeAsync()
    {
        _server = await _model.ServeAsync();
        _face = await HttpFace.StartAsync(_server, new HttpFaceOptions { ApiKey = "secret-key" }, TimeProvider.System, default);
    }

    public async Task DisposeAsync()
    {
        await _face.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task CompleteChat_Whole_ReadsTheAnswer()
    {
        ChatCompletion answer = await Client().CompleteChatAsync(
            [new SystemChatMessage("Be kind."), new UserChatMessage("hello")],
            new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 8 });

        Assert.Equal("Guten Tag \U0001F600", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal((13, 2, 15), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.TotalTokenCount));
        Assert.Equal(("fake", ChatMessageRole.Assistant), (answer.Model, answer.Role));
        var call = await _model.NextCallAsync();
        Assert.Equal((0.0, 8), (call.Request.Temperature, call.Request.MaxTokens));
    }

    [Fact]
    public async Task CompleteChatStreaming_ReadsPiecesFinishAndUsage()
    {
        var pieces = new List<string>();
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in Client().CompleteChatStreamingAsync([new UserChatMessage("hello")]))
        {
            pieces.AddRange(update.ContentUpdate.Select(part => part.Text).Where(text => text.Length > 0));
            finish ??= update.FinishReason;
            usage ??= update.Usage;
        }

        Assert.Equal(["Guten ", "Tag \U0001F600"], pieces);
        Assert.Equal(ChatFinishReason.Stop, finish);
        Assert.Equal(2, usage!.OutputTokenCount);
    }

    [Fact]
    public async Task CompleteChat_WrongKey_Throws401()
    {
        var problem = await Assert.ThrowsAsync<ClientResultException>(
            () => Client("wrong").CompleteChatAsync([new UserChatMessage("hello")]));

        Assert.Equal(401, problem.Status);
        Assert.Contains("invalid_api_key", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteChat_PromptOverTheContext_ThrowsTypedError()
    {
        var problem = await Assert.ThrowsAsync<ClientResultException>(
            () => Client().CompleteChatAsync([new UserChatMessage(new string('x', FakeModel.MaxContext))]));

        Assert.Equal(400, problem.Status);
        Assert.Contains("context_length_exceeded", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteChatStreaming_ReplicaLostMidStream_IsNotTakenForAnAnswer()
    {
        _model.Script = null;
        var finish = new List<ChatFinishReason?>();
        var reading = ReadAsync();
        var call = await _model.NextCallAsync();
        call.Token("half");
        await _server.KillReplicaAsync(call.Replica.Index, default);

        // The client throws on the error event, or ends without a finish reason: either way nobody sees a whole answer.
        await Record.ExceptionAsync(() => reading);
        Assert.DoesNotContain(ChatFinishReason.Stop, finish);

        async Task ReadAsync()
        {
            await foreach (var update in Client().CompleteChatStreamingAsync([new UserChatMessage("hello")]))
            {
                finish.Add(update.FinishReason);
            }
        }
    }

    [Fact]
    public async Task ListModels_NamesTheModel()
    {
        var models = await new OpenAIClient(new ApiKeyCredential("secret-key"), Options()).GetOpenAIModelClient().GetModelsAsync();

        Assert.Equal(["fake"], models.Value.Select(model => model.Id));
    }

    private ChatClient Client(string key = "secret-key") => new("fake", new ApiKeyCredential(key), Options());

    // Retries would hide what the first answer was.
    private OpenAIClientOptions Options() => new()
    {
        Endpoint = new Uri(_face.BaseAddress, "v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
    };
}
