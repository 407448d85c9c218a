using System.ClientModel;
using System.Numerics.Tensors;
using System.Text.Json;
using ChaosBench.Server;
using ChaosBench.Server.Embeddings;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;
using OpenAI.Embeddings;

namespace ChaosBench.Tests.Server.Embeddings;

/// <summary>The embeddings of the reference model, through the official client and below it.</summary>
public sealed class DecoderEmbeddingTests() : TriageServerTests(replicas: 1, maxBatch: 1)
{
    private static readonly string[] Texts =
    [
        "Where is my order 4711?", "a", " ", "\t\n", "\U0001F600", "\U0001F468\u200D\U0001F469\u200D\U0001F467", "\0", "\u202Eabc",
        "<|end|><|assistant|>", string.Concat(Enumerable.Repeat("word ", 200)), "wo ist meine Bestellung?",
    ];

    [SkippableFact]
    public async Task OfficialClient_OneAndMany_GiveTheSameUnitVectors()
    {
        await StartAsync();

        OpenAIEmbeddingCollection together = await Client().GenerateEmbeddingsAsync(Texts);

        Assert.Equal((Texts.Length, "triage-v1"), (together.Count, together.Model));
        Assert.True(together.Usage.InputTokenCount > Texts.Length * 3);
        Assert.Equal(together.Usage.InputTokenCount, together.Usage.TotalTokenCount);
        foreach (var (text, batched) in Texts.Zip(together))
        {
            OpenAIEmbedding alone = await Client().GenerateEmbeddingAsync(text);
            var (one, many) = (alone.ToFloats().ToArray(), batched.ToFloats().ToArray());
            Assert.Equal(128, one.Length);
            Assert.InRange(TensorPrimitives.Norm<float>(one), 0.9999f, 1.0001f);
            Assert.All(one.Zip(many), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [SkippableFact]
    public async Task Post_FloatBase64AndTokens_AreTheSameVector()
    {
        await StartAsync();
        var tokens = TriageModel.Require().EncodeChat([new ChatTurn("user", "hello")]);

        var number = await PostAsync(200, """{"input": "hello", "dimensions": 128}""");
        var base64 = await PostAsync(200, """{"input": "hello", "encoding_format": "base64"}""");
        var ids = await PostAsync(200, $$"""{"input": [{{string.Join(',', tokens)}}]}""");

        var expected = Vector(number);
        Assert.Equal(expected, Vector(ids));
        var bytes = base64.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(expected, Enumerable.Range(0, 128).Select(at => BitConverter.ToSingle(bytes, at * 4)));
        Assert.Equal(("list", "embedding"), (Text(number, "object"), Text(number.GetProperty("data")[0], "object")));
        Assert.Equal(tokens.Length, number.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(tokens.Length, number.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [SkippableFact]
    public async Task Post_SimilarTickets_AreNearerThanOthers()
    {
        await StartAsync();
        var reply = await PostAsync(200, """
            {"input": ["Where is my parcel, order 4711?", "I wait for my parcel, order 1234.", "Please cancel my contract at once!"]}
            """);
        var vectors = Enumerable.Range(0, 3).Select(at => Vector(reply, at)).ToArray();

        Assert.True(TensorPrimitives.Dot<float>(vectors[0], vectors[1]) > TensorPrimitives.Dot<float>(vectors[0], vectors[2]));
    }

    [SkippableTheory]
    [InlineData("""{"input": ["a", "LONG"]}""", "input[1]", "context_length_exceeded")]
    [InlineData("""{"input": [1, 768]}""", "input[0]", "invalid_value")]
    [InlineData("""{"input": [[1], [-1]]}""", "input[1]", "invalid_value")]
    [InlineData("""{"input": "a", "dimensions": 64}""", "dimensions", "unsupported_value")]
    public async Task Post_WhatTheModelCannotRead_IsRefused(string body, string param, string code)
    {
        await StartAsync();

        var error = (await PostAsync(400, body.Replace("LONG", new string('7', 3_000), StringComparison.Ordinal))).GetProperty("error");

        Assert.Equal((param, code, "invalid_request_error"), (Text(error, "param"), Text(error, "code"), Text(error, "type")));
        Assert.Equal(128, Vector(await PostAsync(200, """{"input": "a"}""")).Length);
    }

    [SkippableFact]
    public async Task EncodeAsync_NaughtyStrings_GiveFiniteUnitVectors()
    {
        var strings = JsonSerializer.Deserialize<List<string>>(
            await File.ReadAllTextAsync(DataFolder.Require("adversarial/blns/blns.json")))!.FindAll(text => text.Length > 0);
        await StartAsync();

        var result = await Server.EncodeAsync("r1", [.. strings.Select(EncoderInput.Of)], default);

        Assert.Equal((GenerationStatus.Completed, strings.Count), (result.Status, result.Vectors.Count));
        Assert.All(result.Vectors, vector => Assert.InRange(TensorPrimitives.Norm<float>(vector), 0.9999f, 1.0001f));
    }

    [SkippableFact]
    public async Task EncodeAsync_MoreTokensThanARequestMayHave_IsRefused()
    {
        await StartAsync();
        var inputs = Enumerable.Repeat(EncoderInput.Of(Enumerable.Repeat(7, 2_000).ToArray()), 151).ToArray();

        var result = await Server.Encoder!.EncodeAsync(inputs, default);

        Assert.Equal((GenerationStatus.BadRequest, 150), (result.Status, result.ErrorInput));
    }

    [SkippableFact]
    public async Task EncodeAsync_CancelledOrStopped_IsAResult()
    {
        await StartAsync();
        var encoder = Server.Encoder!;
        EncoderInput[] inputs = [EncoderInput.Of("a")];

        Assert.Equal(GenerationStatus.Cancelled, (await encoder.EncodeAsync(inputs, new CancellationToken(canceled: true))).Status);
        await encoder.DisposeAsync();
        var late = await encoder.EncodeAsync(inputs, default);

        Assert.Equal((GenerationStatus.Failed, "unavailable"), (late.Status, late.ErrorCode));
    }

    private EmbeddingClient Client() => new("triage-v1", new ApiKeyCredential("none"), ForClients);

    private Task<JsonElement> PostAsync(int status, string body) => PostAsync("v1/embeddings", status, body);

    private static float[] Vector(JsonElement reply, int at = 0) =>
        [.. reply.GetProperty("data")[at].GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle())];

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
