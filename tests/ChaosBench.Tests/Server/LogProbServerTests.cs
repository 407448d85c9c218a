using System.ClientModel;
using System.Text;
using System.Text.Json;
using ChaosBench.Server;
using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Server.Models;
using OpenAI.Chat;

namespace ChaosBench.Tests.Server;

/// <summary>Log probabilities of the reference model, against a softmax over its logits in double precision, step by step.</summary>
public sealed class LogProbServerTests() : TriageServerTests(replicas: 1, maxBatch: 4)
{
    private const string Ticket = "Where is my order 4711? I wait since monday.";

    [SkippableFact]
    public async Task Chat_LogProbs_AreTheSoftmaxOfTheLogits()
    {
        await StartAsync();
        ChatCompletion answer = await Client().CompleteChatAsync([new UserChatMessage(Ticket)], Options(top: 20, temperature: 0));

        var details = answer.ContentTokenLogProbabilities;
        Assert.Equal(answer.Usage.OutputTokenCount, details.Count);
        Assert.Equal(answer.Content[0].Text, Encoding.UTF8.GetString([.. details.SelectMany(token => token.Utf8Bytes!.Value.ToArray())]));
        var expected = Expected([.. details.Select(token => token.Token)]);
        foreach (var (at, token) in details.Index())
        {
            Assert.Equal(expected[at], token.LogProbability, 2e-3);
            Assert.Equal(20, token.TopLogProbabilities.Count);
            Assert.Equal((token.Token, token.LogProbability), (token.TopLogProbabilities[0].Token, token.TopLogProbabilities[0].LogProbability));
            Assert.Equal(token.TopLogProbabilities.OrderByDescending(other => other.LogProbability), token.TopLogProbabilities);
            Assert.InRange(token.TopLogProbabilities.Sum(other => Math.Exp(other.LogProbability)), 0.5, 1.00001);
        }
    }

    [SkippableFact]
    public async Task Chat_Streamed_HasTheLogProbsOfTheWhole()
    {
        await StartAsync();
        ChatCompletion whole = await Client().CompleteChatAsync([new UserChatMessage(Ticket)], Options(top: 2, temperature: 0));
        var streamed = new List<ChatTokenLogProbabilityDetails>();
        await foreach (var update in Client().CompleteChatStreamingAsync([new UserChatMessage(Ticket)], Options(top: 2, temperature: 0)))
        {
            streamed.AddRange(update.ContentTokenLogProbabilities);
        }

        Assert.Equal(whole.ContentTokenLogProbabilities.Select(token => (token.Token, token.LogProbability)),
            streamed.Select(token => (token.Token, token.LogProbability)));
    }

    [SkippableFact]
    public async Task Chat_SeveralHotChoices_RepeatByTheirSeedAndTheFirstIsTheOneAlone()
    {
        await StartAsync();
        const string body = """{"messages": [{"role": "user", "content": "hello"}], "temperature": 2, "seed": 3, "max_tokens": 12, "n": """;

        var (three, again, one) = (await TextsAsync(body + "3}"), await TextsAsync(body + "3}"), await TextsAsync(body + "1}"));

        Assert.Equal(three, again);
        Assert.Equal(3, three.Distinct().Count());
        Assert.Equal(three[0], one.Single());
    }

    [SkippableFact]
    public async Task Completion_LogProbs_AreParallelListsWithOffsets()
    {
        await StartAsync();
        var reply = await PostAsync("v1/completions", 200, """{"prompt": "Where is", "temperature": 0, "max_tokens": 6, "logprobs": 3}""");

        var choice = reply.GetProperty("choices")[0];
        var logProbs = choice.GetProperty("logprobs");
        var tokens = logProbs.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!).ToArray();
        Assert.Equal(choice.GetProperty("text").GetString(), string.Concat(tokens));
        Assert.Equal(tokens.Length, logProbs.GetProperty("token_logprobs").GetArrayLength());
        Assert.All(logProbs.GetProperty("top_logprobs").EnumerateArray(), top => Assert.InRange(top.EnumerateObject().Count(), 1, 3));
        Assert.Equal(
            tokens.Select((_, at) => tokens.Take(at).Sum(token => token.Length)),
            logProbs.GetProperty("text_offset").EnumerateArray().Select(offset => offset.GetInt32()));
    }

    [SkippableFact]
    public async Task Chat_WithoutLogProbs_HasNone()
    {
        await StartAsync();
        var reply = await PostAsync("v1/chat/completions", 200, """{"messages": [{"role": "user", "content": "hello"}], "max_tokens": 2}""");

        Assert.Equal(JsonValueKind.Null, reply.GetProperty("choices")[0].GetProperty("logprobs").ValueKind);
    }

    /// <summary>The model run by hand over the prompt and then token by token.</summary>
    private static List<double> Expected(string[] answer)
    {
        var model = TriageModel.Require();
        var prompt = model.EncodeChat([new ChatTurn("user", Ticket)]);
        using var runner = model.CreateRunner(new ReplicaOptions { Slots = 1, PrefillChunk = 512 });
        var expected = new List<double>();
        var (next, past) = (prompt, 0);
        foreach (var text in answer)
        {
            var logits = runner.Prefill(0, next, past).ToArray();
            past += next.Length;
            var token = Enumerable.Range(0, logits.Length).Single(id => model.Tokenizer.Decode([id]) == text && logits[id] == logits.Max());
            expected.Add(logits[token] - Math.Log(logits.Sum(logit => Math.Exp(logit))));
            next = [token];
        }

        return expected;
    }

    private ChatClient Client() => new("triage-v1", new ApiKeyCredential("none"), ForClients);

    private static ChatCompletionOptions Options(int top, float temperature) => new()
    {
        Temperature = temperature, MaxOutputTokenCount = 64, IncludeLogProbabilities = true, TopLogProbabilityCount = top,
    };

    private async Task<string[]> TextsAsync(string body) =>
    [
        .. (await PostAsync("v1/chat/completions", 200, body)).GetProperty("choices").EnumerateArray()
            .Select(choice => choice.GetProperty("message").GetProperty("content").GetString()!),
    ];
}
