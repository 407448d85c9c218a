using System.ClientModel;
using System.Text;
using System.Text.Json;
using ChaosBench.Tests.Support;
using OpenAI.Chat;

namespace ChaosBench.Tests.Server;

/// <summary>The whole service on the reference model, through the official client: the answers are known, so a wrong one shows.</summary>
public sealed class RealServerTests() : TriageServerTests(replicas: 2, maxBatch: 8)
{
    private static readonly (string Prompt, string Expected)[] Canaries = ReadCanaries();

    [SkippableFact]
    public async Task Canaries_WholeAndStreamed_GiveTheExpectedAnswers()
    {
        await StartAsync();

        foreach (var (prompt, expected) in Canaries)
        {
            Assert.Equal(expected, await AskAsync(prompt));
            Assert.Equal((expected, ChatFinishReason.Stop), await StreamAsync(prompt));
        }
    }

    [SkippableFact]
    public async Task KillReplica_UnderLoad_NobodyGetsAWrongAnswer()
    {
        await StartAsync();
        var events = new EventLog(Server);
        // A load may be done before its replica dies; until one was not, nothing has been shown.
        for (var round = 0; !events.Kinds.Contains("failed-over"); round++)
        {
            Assert.True(round < 20, "no request was ever on the replica that was killed");
            var load = Enumerable.Range(0, 40).Select(number => AskAsync(Canaries[number % Canaries.Length].Prompt)).ToArray();
            var streams = Enumerable.Range(0, 8).Select(number => StreamAsync(Canaries[number % Canaries.Length].Prompt)).ToArray();

            await Task.WhenAny(load).WaitAsync(FakeModel.Patience);
            await Server.KillReplicaAsync(0, default);
            var answers = await Task.WhenAll(load).WaitAsync(FakeModel.Patience);
            var streamed = await Task.WhenAll(streams).WaitAsync(FakeModel.Patience);
            await Server.RestartReplicaAsync(0, default);

            // Not streamed: all of them, in full. Streamed: right, or without a finish.
            Assert.All(answers.Index(), entry => Assert.Equal(Canaries[entry.Index % Canaries.Length].Expected, entry.Item));
            Assert.All(streamed.Index(), entry => Assert.True(
                entry.Item.Finish is null || entry.Item.Text == Canaries[entry.Index % Canaries.Length].Expected));
            Assert.Contains("replica-lost", events.Kinds);
            Assert.Equal(["replica-ready", "readmitted"], events.Kinds.TakeLast(2));
        }

        Assert.All(Server.Replicas, replica => Assert.True(replica.InRotation));
        Assert.All(Server.Replicas, replica => Assert.Equal(0, replica.Outstanding));
        Assert.Equal(Canaries[0].Expected, await AskAsync(Canaries[0].Prompt));
    }

    [SkippableTheory]
    [InlineData("adversarial/blns/blns.json")]
    [InlineData("prompts/mt_bench/question.jsonl")]
    public async Task HostilePrompts_AreAnsweredOrRefused_AndTheCanaryStillSings(string file)
    {
        var prompts = ReadPrompts(DataFolder.Require(file));
        await StartAsync();

        foreach (var batch in prompts.Chunk(16))
        {
            var statuses = await Task.WhenAll(batch.Select(prompt => StatusAsync(prompt)));
            Assert.All(statuses, status => Assert.True(status is 200 or 400, $"{status}"));
        }

        Assert.Equal(Canaries[0].Expected, await AskAsync(Canaries[0].Prompt));
    }

    private async Task<string> AskAsync(string prompt)
    {
        ChatCompletion answer = await Client().CompleteChatAsync([new UserChatMessage(prompt)], Greedy());
        return answer.Content[0].Text;
    }

    private async Task<(string Text, ChatFinishReason? Finish)> StreamAsync(string prompt)
    {
        var text = new StringBuilder();
        ChatFinishReason? finish = null;
        try
        {
            await foreach (var update in Client().CompleteChatStreamingAsync([new UserChatMessage(prompt)], Greedy()))
            {
                text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
                finish ??= update.FinishReason;
            }
        }
        catch (Exception) when (finish is null)
        {
            // Lost in the middle: the client says so in its own way.
        }

        return (text.ToString(), finish);
    }

    private async Task<int> StatusAsync(string prompt)
    {
        var body = JsonSerializer.Serialize(new
        {
            messages = new[] { new { role = "user", content = prompt } }, temperature = 0, max_tokens = 8,
        });
        return (await PostAsync("v1/chat/completions", body)).Status;
    }

    private ChatClient Client() => new("triage-v1", new ApiKeyCredential("none"), ForClients);

    private static ChatCompletionOptions Greedy() => new() { Temperature = 0, MaxOutputTokenCount = 64 };

    private static (string, string)[] ReadCanaries() =>
    [
        .. File.ReadLines(Repository.Path("scenarios", "recorded", "canaries.jsonl"))
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Select(line => (line.GetProperty("prompt").GetString()!, line.GetProperty("expected").GetString()!)),
    ];

    private static List<string> ReadPrompts(string path) => path.EndsWith(".jsonl", StringComparison.Ordinal)
        ? [.. File.ReadLines(path).Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("turns")[0].GetString()!)]
        : [.. JsonSerializer.Deserialize<List<string>>(File.ReadAllText(path))!];
}
