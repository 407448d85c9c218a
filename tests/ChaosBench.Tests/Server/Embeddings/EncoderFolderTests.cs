using System.Text;
using System.Text.Json;
using ChaosBench.Server;
using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Http;
using ChaosBench.Server.Models;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Embeddings;

/// <summary>Tiny encoders of random weights against what NumPy computes from the same weights.</summary>
public sealed class EncoderFolderTests : IDisposable
{
    private static readonly string Fixtures = Repository.Path("tests", "ChaosBench.Tests", "Fixtures", "encoders");

    private static readonly JsonElement[] Expected =
        JsonSerializer.Deserialize<JsonElement[]>(File.ReadAllText(Path.Combine(Fixtures, "expected.json")))!;

    private readonly string _folder = Directory.CreateTempSubdirectory("chaosbench-encoder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("cls_token", "first")]
    [InlineData("mean_tokens", "mean")]
    [InlineData(null, "mean")]
    public async Task EncodeAsync_Sentence_IsWhatNumPyComputes(string? pooling, string name)
    {
        Copy("tiny-sentence");
        File.Delete(At("1_Pooling", "config.json"));
        if (pooling is not null)
        {
            File.WriteAllText(At("1_Pooling", "config.json"), $$"""{"pooling_mode_{{pooling}}": true, "pooling_mode_max_tokens": false}""");
        }

        await using var encoder = Load();
        var together = await encoder.EncodeAsync([.. Rows().Select(EncoderInput.Of)], default);

        Assert.Equal((GenerationStatus.Completed, Rows().Sum(row => row.Length)), (together.Status, together.Tokens));
        foreach (var (index, vector) in together.Vectors.Index())
        {
            AssertNear(Numbers(index, name), vector);
            var alone = await encoder.EncodeAsync([EncoderInput.Of(Rows()[index])], default);
            AssertNear(vector, alone.Vectors[0]);
        }
    }

    [Fact]
    public async Task EncodeAsync_WithoutNormalize_KeepsTheLength()
    {
        Copy("tiny-sentence");
        File.WriteAllText(At("modules.json"), """[{"type": "sentence_transformers.models.Pooling"}]""");

        await using var encoder = Load();
        var vector = (await encoder.EncodeAsync([EncoderInput.Of("the order is late ]")], default)).Vectors[0];

        var length = MathF.Sqrt(vector.Sum(x => x * x));
        Assert.NotInRange(length, 0.99f, 1.01f);
        AssertNear(Numbers(1, "mean")[..2], [vector[0] / length, vector[1] / length]);
    }

    [Fact]
    public async Task Post_Classifier_GivesLabelsWithScores()
    {
        Copy("tiny-classifier");
        await using var classifier = Load();
        await using var face = await HttpFace.StartAsync(classifier, new HttpFaceOptions(), TimeProvider.System, default);

        var reply = await PostAsync(face, "v1/classify", 200, """{"input": ["my parcel", "", "refund please"]}""".Replace("\"\"", "\"\\u0000\"", StringComparison.Ordinal));

        Assert.Equal("list", reply.GetProperty("object").GetString());
        var (one, empty) = (reply.GetProperty("data")[2], reply.GetProperty("data")[1]);
        var probabilities = one.GetProperty("probs").EnumerateArray().Select(p => p.GetSingle()).ToArray();
        AssertNear(Numbers(2, "labels"), probabilities);
        AssertNear(Numbers(0, "labels"), [.. empty.GetProperty("probs").EnumerateArray().Select(p => p.GetSingle())]);
        Assert.Equal(1f, probabilities.Sum(), 1e-5f);
        string[] labels = ["complaint", "question", "praise"];
        var scores = one.GetProperty("scores").EnumerateArray()
            .Select(score => (Name: score.GetProperty("label").GetString()!, Score: score.GetProperty("score").GetSingle())).ToArray();
        Assert.Equal(labels.Zip(probabilities).OrderByDescending(pair => pair.Second), scores);
        Assert.Equal((scores[0].Name, 3), (one.GetProperty("label").GetString(), one.GetProperty("num_classes").GetInt32()));
        Assert.Equal(10, reply.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task Post_EncoderAlone_SaysWhatItDoesNotDoAndIsHealthy()
    {
        Copy("tiny-sentence");
        await using var encoder = Load();
        await using var face = await HttpFace.StartAsync(encoder, new HttpFaceOptions(), TimeProvider.System, default);
        using var client = new HttpClient();

        Assert.Equal(8, (await PostAsync(face, "v1/embeddings", 200, """{"input": "the"}""")).GetProperty("data")[0].GetProperty("embedding").GetArrayLength());
        foreach (var path in (string[])["v1/chat/completions", "v1/completions", "v1/classify"])
        {
            var error = (await PostAsync(face, path, 501, """{"input": "x"}""")).GetProperty("error");
            Assert.Equal("not_implemented", error.GetProperty("code").GetString());
        }

        Assert.Equal("context_length_exceeded", (await PostAsync(
            face, "v1/embeddings", 400, $$"""{"input": "{{string.Concat(Enumerable.Repeat("the ", 63))}}"}""")).GetProperty("error").GetProperty("code").GetString());
        Assert.StartsWith("ready", await client.GetStringAsync(new Uri(face.BaseAddress, "health/ready")), StringComparison.Ordinal);
        Assert.Contains("chaosbench-encoder", await client.GetStringAsync(new Uri(face.BaseAddress, "v1/models")), StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", await client.GetStringAsync(new Uri(face.BaseAddress, "metrics")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multi_label_classification", false)]
    [InlineData("single_label_classification", true)]
    public async Task EncodeAsync_ProblemType_DecidesWhetherScoresAddUp(string type, bool addUp)
    {
        Copy("tiny-classifier");
        Change("config.json", "\"vocab_size\"", $"\"problem_type\": \"{type}\", \"vocab_size\"");

        await using var classifier = Load();
        var sum = (await classifier.EncodeAsync([EncoderInput.Of("the order")], default)).Vectors[0].Sum();

        Assert.Equal(addUp, Math.Abs(sum - 1) < 1e-5);
    }

    [Theory]
    [InlineData("tiny-sentence", "config.json", "\"vocab_size\": 57", "\"vocab_size\": 56", "vocab_size 56")]
    [InlineData("tiny-sentence", "1_Pooling/config.json", "\"pooling_mode_cls_token\": false", "\"pooling_mode_cls_token\": true", "exactly one of")]
    [InlineData("tiny-classifier", "config.json", "\"2\":", "\"3\":", "id2label lacks label 2")]
    [InlineData("tiny-sentence", "tokenizer.json", "\"BertPreTokenizer\"", "\"Metaspace\"", "pre_tokenizer.type is 'Metaspace'")]
    public void TryLoad_FilesThatDoNotFit_AreNamed(string fixture, string file, string from, string to, string problem)
    {
        Copy(fixture);
        Change(file, from, to);

        Assert.Contains(problem, Assert.Throws<ModelLoadException>(Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryLoad_TruncatedGraph_IsNamed()
    {
        Copy("tiny-sentence");
        File.WriteAllBytes(At("model.onnx"), File.ReadAllBytes(At("model.onnx"))[..1_000]);

        Assert.Contains("ONNX Runtime cannot load it", Assert.Throws<ModelLoadException>(Load).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void TryLoad_Decoder_IsNone() => Assert.Null(EncoderFolder.TryLoad(TriageModel.RequireFolder(), "cpu", 1));

    private TextEncoder Load() => EncoderFolder.TryLoad(_folder, "cpu", places: 2)!;

    private void Copy(string fixture)
    {
        var from = Path.Combine(Fixtures, fixture);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var to = At(Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    private void Change(string file, string from, string to)
    {
        var text = File.ReadAllText(At(file));
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(At(file), text.Replace(from, to, StringComparison.Ordinal));
    }

    private string At(params string[] parts) => Path.Combine([_folder, .. parts]);

    private static int[][] Rows() =>
        [.. Expected.Select(row => row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray())];

    private static float[] Numbers(int row, string name) =>
        [.. Expected[row].GetProperty(name).EnumerateArray().Select(number => number.GetSingle())];

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private static async Task<JsonElement> PostAsync(HttpFace face, string path, int status, string body)
    {
        using var client = new HttpClient { Timeout = FakeModel.Patience };
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await client.PostAsync(new Uri(face.BaseAddress, path), content);
        var text = await reply.Content.ReadAsStringAsync();
        Assert.True(status == (int)reply.StatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
