using System.Text.Json.Nodes;
using ChaosBench.Server;
using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;
using ChaosBench.Tests.Server.Scheduling;

namespace ChaosBench.Tests.Server.Models;

public sealed class ModelFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chaosbench-model-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void Load_Triage_KnowsItself()
    {
        var identity = TriageModel.Require().Identity;
        Assert.Equal("triage-v1", identity.Name);
        Assert.Equal((4, 4, 768, 2048, "cpu"), (identity.Layers, identity.Heads, identity.Vocabulary, identity.Context, identity.Device));
        Assert.Matches("^[0-9a-f]{64}$", identity.ModelSha256);
        Assert.StartsWith("1.", identity.RuntimeVersion, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoFolder_SaysSo() => AssertFails(Path.Combine(_folder, "nowhere"), "nowhere: is not a folder");

    [Fact]
    public void Load_UnknownDevice_ListsTheForms() =>
        Assert.Contains("auto, cpu, cuda or cuda:N", Assert.Throws<ArgumentException>(() => ModelFolder.Load(_folder, "tpu")).Message, StringComparison.Ordinal);

    [SkippableTheory]
    [InlineData("config.json", "config.json: is missing; it holds layer count")]
    [InlineData("tokenizer.json", "tokenizer.json: is missing; it holds the byte-level BPE tokenizer")]
    [InlineData("model.onnx", "model.onnx: is missing; it holds the decoder")]
    public void Load_MissingFile_NamesItAndItsPurpose(string file, string expected)
    {
        Copy();
        File.Delete(Path.Combine(_folder, file));
        AssertFails(_folder, expected);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(2_000_000)]
    public void Load_TruncatedGraph_IsALoadError(int length)
    {
        Copy();
        using (var file = File.OpenWrite(Path.Combine(_folder, "model.onnx")))
        {
            file.SetLength(length);
        }

        AssertFails(_folder, "model.onnx: ONNX Runtime cannot load it");
    }

    [SkippableFact]
    public void Load_NotAGraph_IsALoadError()
    {
        Copy();
        File.WriteAllText(Path.Combine(_folder, "model.onnx"), "version https://git-lfs.github.com/spec/v1");
        AssertFails(_folder, "model.onnx: ONNX Runtime cannot load it");
    }

    [SkippableFact]
    public void Load_OtherGraph_SaysWhatIsMissingAndWhatIsThere()
    {
        Copy();
        var embedding = Path.Combine(TriageModel.RequireFolder(), "embedding.onnx");
        Skip.IfNot(File.Exists(embedding), "the model has no embedding graph");
        File.Copy(embedding, Path.Combine(_folder, "model.onnx"), overwrite: true);
        AssertFails(_folder, "model.onnx: output 'logits' is missing; ChaosBench serves decoders exported with input_ids", "outputs found: sentence_embedding");
    }

    [SkippableTheory]
    [InlineData("num_hidden_layers", 5, "model.onnx: input 'past_key_values.4.key' is missing")]
    [InlineData("num_hidden_layers", 3, "model.onnx: input 'past_key_values.3.key' is not known (config.json says 3 layers)")]
    [InlineData("head_dim", 64, "'past_key_values.0.key' has head size 32, config.json says 64")]
    [InlineData("num_key_value_heads", 2, "'past_key_values.0.key' has key/value heads 4, config.json says 2")]
    [InlineData("vocab_size", 100, "config.json says vocab_size 100")]
    [InlineData("max_position_embeddings", 0, "config.json: max_position_embeddings is not a number of at least 1")]
    public void Load_ConfigOfAnotherModel_SaysWhichFilesDisagree(string key, int value, string expected)
    {
        Copy();
        var path = Path.Combine(_folder, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config[key] = value;
        File.WriteAllText(path, config.ToJsonString());
        AssertFails(_folder, expected);
    }

    [SkippableFact]
    public void Load_SeveralEndTokens_AreJoinedFromAllConfigs()
    {
        Copy();
        File.WriteAllText(Path.Combine(_folder, "generation_config.json"), """{ "eos_token_id": [4, 7], "do_sample": true }""");
        var path = Path.Combine(_folder, "genai_config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config["model"]!["eos_token_id"] = 9;
        File.WriteAllText(path, config.ToJsonString());
        Assert.Equal([4, 7, 9], ModelFolder.Load(_folder, "cpu").EndTokens.Order());
    }

    /// <summary>What the rounding to f16 does to the numbers: a hundredth of the range of the logits at most.</summary>
    [SkippableFact]
    public void Load_FormForCards_IsTheSameModelRounded()
    {
        using var model = GrowingModel.OfHalf();
        var (half, plain) = (model.Load(), TriageModel.Require());
        Assert.Equal(("cpu", CacheForm.Shared), (half.Identity.Device, half.Form));
        Assert.NotEqual(plain.Identity.ModelSha256, half.Identity.ModelSha256);
        var options = new ReplicaOptions { Slots = 1, MaxContext = 256, KeptPrefixes = 0 };
        int[] prompt = plain.EncodePrompt("<|bos|><|user|>Hi, order C-79262 was billed twice.<|assistant|>");
        using var runner = plain.CreateRunner(options);
        using var rounded = half.CreateRunner(options);

        var expected = runner.Prefill(0, prompt, past: 0).ToArray();
        var actual = rounded.Prefill(0, prompt, past: 0).ToArray();

        var range = expected.Max() - expected.Min();
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 1e-6f, range / 100);
    }

    [SkippableFact]
    public void Load_CudaByNameWithoutProvider_SaysWhatIsMissing()
    {
        Copy();
        Skip.If(File.Exists(Path.Combine(AppContext.BaseDirectory, "libonnxruntime_providers_cuda.so")), "the CUDA provider is there");
        var error = Assert.Throws<ModelLoadException>(() => ModelFolder.Load(_folder, "cuda:0"));
        Assert.Contains("cuda:0 is not available: libonnxruntime_providers_cuda.so is not beside the program", error.Message, StringComparison.Ordinal);
        Assert.Equal("cpu", ModelFolder.Load(_folder, "auto").Identity.Device);
    }

    [SkippableFact]
    public void EncodeChat_NoTemplate_PointsToRawPrompts()
    {
        Copy();
        File.Delete(Path.Combine(_folder, "tokenizer_config.json"));
        var model = ModelFolder.Load(_folder, "cpu");
        Assert.Null(model.ChatTemplate);
        Assert.Contains("/v1/completions", Assert.Throws<ChaosBench.Server.Tokenization.ChatTemplateException>(() => model.EncodeChat([])).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Generate_NaNWeights_FailsEachRequestAndKeepsServing()
    {
        Copy();
        Poison(Path.Combine(_folder, "model.onnx"));
        await using var replica = ModelFolder.Load(_folder, "cpu").CreateReplica(0, new ReplicaOptions { Slots = 2 });
        await replica.StartAsync(default);
        for (var i = 0; i < 3; i++)
        {
            var request = new GenerationRequest { RequestId = $"{i}", Messages = [], MaxTokens = 4 };
            var result = await replica.GenerateAsync(request, [1, 100, 3], new CollectingSink(), default);
            Assert.Equal((GenerationStatus.Failed, "non_finite_logits"), (result.Status, result.ErrorCode));
        }

        Assert.Equal((ReplicaState.Ready, 0), (replica.State, replica.Outstanding));
    }

    [SkippableFact]
    public async Task StartServer_NaNWeights_IsALoadErrorBeforeItIsReady()
    {
        Copy();
        Poison(Path.Combine(_folder, "model.onnx"));

        var error = await Assert.ThrowsAsync<ModelLoadException>(
            () => ModelServer.StartAsync(new ServerOptions { Model = _folder, Replicas = 1, Device = "cpu" }, TimeProvider.System, default));

        Assert.EndsWith(
            "model.onnx: replica 0 does not answer its warm-up (Failed): the model computed non-finite logits; its weights or its cache are "
            + "damaged; copy the file again or export it anew", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Start_CacheLargerThanTheMachine_SaysHowLarge()
    {
        await using var replica = TriageModel.Require().CreateReplica(0, new ReplicaOptions { Slots = 1_000_000_000 });
        var error = await Assert.ThrowsAsync<ModelLoadException>(() => replica.StartAsync(default));
        Assert.Contains("a cache of 1,000,000,000 slots of 2,048 positions takes", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Start_ModelGone_IsLostWithTheReason()
    {
        Copy();
        await using var replica = ModelFolder.Load(_folder, "cpu").CreateReplica(0, new ReplicaOptions());
        File.Delete(Path.Combine(_folder, "model.onnx"));
        await Assert.ThrowsAsync<ModelLoadException>(() => replica.StartAsync(default));
        Assert.Equal(ReplicaState.Lost, replica.State);
    }

    /// <summary>Weights are nearly the whole file, so a stretch in its middle lies in a matrix.</summary>
    private static void Poison(string graph)
    {
        var bytes = File.ReadAllBytes(graph);
        bytes.AsSpan(bytes.Length / 2, 4096).Fill(0xFF);
        File.WriteAllBytes(graph, bytes);
    }

    private static void AssertFails(string folder, params string[] expected)
    {
        var message = Assert.Throws<ModelLoadException>(() => ModelFolder.Load(folder, "cpu")).Message;
        Assert.All(expected, e => Assert.Contains(e, message, StringComparison.Ordinal));
    }

    private void Copy()
    {
        // Without the form for cards, which would be served where model.onnx is gone.
        foreach (var file in Directory.EnumerateFiles(TriageModel.RequireFolder()).Where(file => !file.EndsWith(".f16.onnx", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }
    }
}
