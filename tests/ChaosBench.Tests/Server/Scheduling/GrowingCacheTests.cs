using System.Text.Json.Nodes;
using ChaosBench.Server;
using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Scheduling;

/// <summary>The reference's weights in other graphs: whatever form a graph keeps its cache in, the answers are the same.</summary>
public class GrowingCacheTests(Xunit.Abstractions.ITestOutputHelper output)
{
    public static TheoryData<string, string> Forms => new()
    {
        { "triage-growing", nameof(CacheForm.GrowingPaddedLeft) },
        { "triage-growing-f16", nameof(CacheForm.GrowingPaddedLeft) },
        { "triage-growing-plain", nameof(CacheForm.GrowingEqualLengths) },
        { "reference, not shared", nameof(CacheForm.GrowingPaddedRight) },
        { "reference, nothing said", nameof(CacheForm.Shared) },
    };

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public async Task Generate_TicketsInARaggedBatch_EqualTheReference(string graph, string form)
    {
        using var model = Open(graph);
        var folder = model.Load();
        Assert.Equal(form, $"{folder.Form}");
        var prompts = Prompts();
        var options = new ReplicaOptions { Slots = 7, MaxContext = 512, PrefillChunk = 48 };
        var expected = await AnswersAsync(TriageModel.Require(), options, prompts);
        Assert.Equal(expected, await AnswersAsync(folder, options, prompts));
    }

    [SkippableFact]
    public void Decode_GroupedQueryHeads_EqualsTheSharedForm()
    {
        using var shared = GrowingModel.OfGrouped("grouped-shared");
        using var growing = GrowingModel.OfGrouped("grouped-growing");
        var (one, other) = (shared.Load(), growing.Load());
        Assert.Equal((CacheForm.Shared, CacheForm.GrowingPaddedLeft), (one.Form, other.Form));

        var expected = Steps(one);
        var actual = Steps(other);

        var largest = expected.Max(MathF.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -1e-4f * largest, 1e-4f * largest));
    }

    [SkippableFact]
    public void Decode_SharedCacheInHalfPrecision_IsTheSameUpToRounding()
    {
        using var whole = GrowingModel.OfGrouped("grouped-shared");
        using var half = GrowingModel.OfGrouped("grouped-shared-f16");
        var other = half.Load();
        Assert.Equal(CacheForm.Shared, other.Form);

        var expected = Steps(whole.Load());
        var actual = Steps(other);

        var largest = expected.Max(MathF.Abs);
        Assert.NotEqual(expected, actual);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -0.02f * largest, 0.02f * largest));
    }

    [SkippableFact]
    public void Decode_ARowThatLeftWasTheLongest_StaysWithinThePositions()
    {
        using var model = GrowingModel.OfGrouped("grouped-growing");
        using var runner = model.Load().CreateRunner(new ReplicaOptions { Slots = 2, MaxContext = 32, PrefillChunk = 32 });
        var (prompt, longest) = (new[] { 10, 20, 30 }, Enumerable.Range(5, 30).ToArray());
        runner.Prefill(0, prompt, past: 0);
        runner.Prefill(1, longest, past: 0);
        runner.Decode([40, 50], [3, 30]);
        runner.Decode([41, 51], [4, 31]);
        runner.Decode([42], [5]);
        var kept = runner.LogitsOf(0).ToArray();

        runner.Prefill(0, [.. prompt, 40, 41, 42], past: 0);

        Assert.Equal(ArgMax(runner.Prefill(0, [.. prompt, 40, 41, 42], past: 0)), ArgMax(kept));
    }

    [SkippableFact]
    public void Load_ExternalDataChanged_IsAnotherModel()
    {
        using var model = GrowingModel.OfTriage("triage-growing");
        var before = model.Load().Identity.ModelSha256;
        var data = File.ReadAllBytes(model.Of("model.onnx.data"));
        data[data.Length / 2] ^= 1;
        File.WriteAllBytes(model.Of("model.onnx.data"), data);
        Assert.NotEqual(before, model.Load().Identity.ModelSha256);
    }

    [SkippableFact]
    public void Load_ExternalDataMissing_IsALoadError()
    {
        using var model = GrowingModel.OfTriage("triage-growing");
        File.Delete(model.Of("model.onnx.data"));
        Assert.Contains("ONNX Runtime cannot load it", Assert.Throws<ModelLoadException>(model.Load).Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(5_000)]
    [InlineData(3_000_000)]
    public void Load_ExternalDataTruncated_NamesTheGraphAndTheRemedy(int length)
    {
        using var model = GrowingModel.OfTriage("triage-growing");
        using (var data = File.OpenWrite(model.Of("model.onnx.data")))
        {
            data.SetLength(length);
        }

        var message = Assert.Throws<ModelLoadException>(model.Load).Message;

        Assert.StartsWith($"{model.Of("model.onnx")}: ONNX Runtime cannot load it (", message, StringComparison.Ordinal);
        Assert.EndsWith("; copy the file again or export it anew", message, StringComparison.Ordinal);
        output.WriteLine(message);
    }

    private static GrowingModel Open(string graph) => graph switch
    {
        "reference, not shared" => GrowingModel.OfReference(shares: false),
        "reference, nothing said" => GrowingModel.OfReference(shares: null),
        _ => GrowingModel.OfTriage(graph),
    };

    /// <summary>Rows come, go and change places, so that every way of laying out a batch is used.</summary>
    private static float[] Steps(ModelFolder model)
    {
        using var runner = model.CreateRunner(new ReplicaOptions { Slots = 4, MaxContext = 64, PrefillChunk = 8 });
        List<float> logits = [.. runner.Prefill(0, [5, 6, 7], past: 0)];
        logits.AddRange(runner.Prefill(1, [9, 8, 7, 6, 5, 4, 3, 2], past: 0));
        logits.AddRange(runner.Prefill(1, [100, 101], past: 8));
        Decode([50, 51], [3, 10]);
        Decode([52, 53], [4, 11]);
        logits.AddRange(runner.Prefill(2, [700], past: 0));
        Decode([54, 55, 56], [5, 12, 1]);
        runner.Move(2, 0, 2);
        Decode([57, 58], [2, 13]);
        Decode([59], [3]);
        return [.. logits];

        void Decode(int[] tokens, int[] lengths)
        {
            runner.Decode(tokens, lengths);
            for (var row = 0; row < tokens.Length; row++)
            {
                logits.AddRange(runner.LogitsOf(row));
            }
        }
    }

    private static int ArgMax(ReadOnlySpan<float> logits) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits);

    private static string[] Prompts() =>
    [
        .. File.ReadLines(Repository.Path("scenarios", "recorded", "canaries.jsonl")).Select(l => JsonNode.Parse(l)!["prompt"]!.GetValue<string>()),
        .. File.ReadLines(Repository.Path("scenarios", "recorded", "tickets.jsonl")).Take(50).Select(PromptOf),
    ];

    private static string PromptOf(string line)
    {
        var row = JsonNode.Parse(line)!;
        return (row["prompt"] ?? row["messages"]!.AsArray()[^1]!["content"])!.GetValue<string>();
    }

    private static async Task<string[]> AnswersAsync(ModelFolder model, ReplicaOptions options, string[] prompts)
    {
        await using var replica = model.CreateReplica(0, options);
        await replica.StartAsync(default);
        var results = await Task.WhenAll(prompts.Select((prompt, i) =>
        {
            var request = new GenerationRequest { RequestId = $"{i}", Messages = [new ChatTurn("user", prompt)], MaxTokens = 100 };
            return replica.GenerateAsync(request, model.EncodeChat(request.Messages), new CollectingSink(), default);
        }));
        Assert.All(results, r => Assert.Equal(GenerationStatus.Completed, r.Status));
        return [.. results.Select(r => r.Text)];
    }
}
