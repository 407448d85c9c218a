using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using ChaosBench.Server;
using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Server.Models.Devices;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Scheduling;

/// <summary>Runners whose memory is not the host's: the cache is never read or written but by the graph and the device's own copies.</summary>
public class DeviceCacheTests
{
    private static readonly ReplicaOptions Options = new() { Slots = 5, MaxContext = 320, PrefillChunk = 48 };

    [SkippableTheory]
    [InlineData("reference")]
    [InlineData("triage-growing")]
    [InlineData("triage-growing-f16")]
    [InlineData("triage-growing-plain")]
    public async Task Generate_TicketsInARaggedBatch_EqualTheHosts(string graph)
    {
        using var model = Open(graph);
        var made = new List<PoisonedMemory>();
        var prompts = Prompts();
        var expected = await AnswersAsync(model.Load(), prompts);

        var actual = await AnswersAsync(Load(model, made), prompts);

        Assert.Equal(expected, actual);
        Assert.All(made, memory => Assert.Equal(0, memory.Held));
    }

    /// <summary>Nine tickets that begin alike: the second and the later ones copy what the first has computed, on the device.</summary>
    [SkippableTheory]
    [InlineData("reference")]
    [InlineData("triage-growing")]
    public async Task Generate_PromptsThatBeginAlike_CopyTheBeginningOnTheDevice(string graph)
    {
        using var model = Open(graph);
        var beginning = string.Concat(Enumerable.Repeat("Please look at my order. ", 12));
        string[] prompts = [.. Prompts().Take(9).Select(prompt => beginning + prompt)];
        var expected = await AnswersAsync(model.Load(), prompts);

        var reused = new List<int>();
        Assert.Equal(expected, await AnswersAsync(Load(model, []), prompts, reused));
        Assert.Contains(reused, positions => positions >= 48);
    }

    [SkippableTheory]
    [InlineData("reference")]
    [InlineData("triage-growing")]
    public void Decode_AfterMoves_EqualsTheHosts(string graph)
    {
        using var model = Open(graph);
        Assert.Equal(Steps(model.Load()), Steps(Load(model, [])));
    }

    [SkippableFact]
    public void Decode_LongSlots_BringsOnlyTheLogitsOfItsRowsBack()
    {
        using var model = Open("reference");
        var made = new List<PoisonedMemory>();
        var folder = Load(model, made);
        using var runner = folder.CreateRunner(new ReplicaOptions { Slots = 4, MaxContext = 320, PrefillChunk = 48 });

        runner.Prefill(0, [.. Enumerable.Range(5, 48)], past: 0);
        runner.Prefill(1, [7, 8, 9], past: 0);
        runner.Decode([40, 41], [48, 3]);

        var line = folder.Vocabulary * sizeof(float);
        Assert.Equal(2 * line, made[^1].MostDownloaded);
        // The widest of the inputs: two rows of the mask, or one row of the prompt's.
        Assert.Equal(2 * 64 * sizeof(long), made[^1].MostUploaded);
    }

    [SkippableFact]
    public void Create_CacheLargerThanTheDevice_SaysHowLargeBothAre()
    {
        using var model = Open("reference");
        var folder = ModelFolder.Load(model.Folder, "cpu", () => new PoisonedMemory { Available = 3 << 20 });

        var error = Assert.Throws<ModelLoadException>(() => folder.CreateRunner(new ReplicaOptions { Slots = 4, MaxContext = 512, KeptPrefixes = 0 }));

        Assert.Contains("takes 8 MiB, and cpu has 3 MiB; take fewer slots", error.Message, StringComparison.Ordinal);
    }

    private static GrowingModel Open(string graph) => graph == "reference" ? GrowingModel.OfReference(shares: true) : GrowingModel.OfTriage(graph);

    private static ModelFolder Load(GrowingModel model, List<PoisonedMemory> made) => ModelFolder.Load(model.Folder, "cpu", () =>
    {
        made.Add(new PoisonedMemory());
        return made[^1];
    });

    /// <summary>Rows come, go and change places; a row that left the batch comes back.</summary>
    private static float[] Steps(ModelFolder model)
    {
        using var runner = model.CreateRunner(new ReplicaOptions { Slots = 4, MaxContext = 64, PrefillChunk = 8 });
        List<float> logits = [.. runner.Prefill(0, [5, 6, 7], past: 0)];
        logits.AddRange(runner.Prefill(1, [9, 8, 7, 6, 5, 4, 3, 2], past: 0));
        logits.AddRange(runner.Prefill(1, [100, 101], past: 8));
        Decode([50, 51], [3, 10]);
        Decode([52, 53], [4, 11]);
        Decode([52], [5]);
        logits.AddRange(runner.Prefill(2, [700], past: 0));
        Decode([54, 55, 56], [6, 12, 1]);
        runner.Move(2, 3, 2);
        runner.Move(1, 2, 13);
        runner.Move(3, 0, 2);
        Decode([57, 58, 59], [2, 13, 13]);
        return [.. logits];

        void Decode(int[] tokens, int[] lengths)
        {
            runner.Decode(tokens, lengths);
            for (var row = 0; row < tokens.Length; row++)
            {
                Assert.True(float.IsFinite(TensorPrimitives.Sum(runner.LogitsOf(row))));
                logits.AddRange(runner.LogitsOf(row));
            }
        }
    }

    private static string[] Prompts() =>
        [.. File.ReadLines(Repository.Path("scenarios", "recorded", "canaries.jsonl")).Take(16).Select(line => JsonNode.Parse(line)!["prompt"]!.GetValue<string>())];

    private static async Task<string[]> AnswersAsync(ModelFolder model, string[] prompts, List<int>? reused = null)
    {
        await using var replica = model.CreateReplica(0, Options);
        await replica.StartAsync(default);
        var results = await Task.WhenAll(prompts.Select((prompt, i) =>
        {
            var request = new GenerationRequest { RequestId = $"{i}", Messages = [new ChatTurn("user", prompt)], MaxTokens = 60 };
            return replica.GenerateAsync(request, model.EncodeChat(request.Messages), new CollectingSink(), default);
        }));
        Assert.All(results, result => Assert.Equal(GenerationStatus.Completed, result.Status));
        reused?.AddRange(results.Select(result => result.ReusedPromptTokens));
        return [.. results.Select(result => result.Text)];
    }
}
