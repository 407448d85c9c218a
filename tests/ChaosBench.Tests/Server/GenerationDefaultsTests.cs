using System.Text;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Server.Models;
using ChaosBench.Server.Sampling;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server;

public sealed class GenerationDefaultsTests : IDisposable
{
    // As transformers writes it, with keys that mean nothing here.
    private const string File = """
        {"bos_token_id": 1, "do_sample": true, "eos_token_id": [2, 3], "max_new_tokens": 7, "pad_token_id": null, "repetition_penalty": 1.1,
         "temperature": 0.6, "top_k": 20, "top_p": 0.95, "transformers_version": "4.51.0"}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_File_GivesItsValues() => Assert.Equal(
        new GenerationDefaults { Temperature = 0.6, TopP = 0.95, TopK = 20, RepetitionPenalty = 1.1, MaxTokens = 7 }, Read(File));

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"temperature": null, "top_k": -1, "eos_token_id": 2}""")]
    public void Read_NothingSaid_IsOpenAis(string? file) => Assert.Equal(GenerationDefaults.OpenAi, Read(file));

    [Theory]
    [InlineData("""{"temperature": 3}""", "temperature is 3; it must be from 0 to 2")]
    [InlineData("""{"temperature": "hot"}""", "temperature is not a number")]
    [InlineData("""{"temperature": 1e999}""", "temperature")]
    [InlineData("""{"top_p": 0}""", "top_p is 0; it must be above 0 and at most 1")]
    [InlineData("""{"top_k": -2}""", "top_k is -2")]
    [InlineData("""{"top_k": 1.5}""", "top_k is not a whole number")]
    [InlineData("""{"repetition_penalty": -1}""", "repetition_penalty is -1; it must be above 0 and at most 2")]
    [InlineData("""{"max_new_tokens": 0}""", "max_new_tokens is 0")]
    [InlineData("""{"temperature": """, "is not JSON")]
    public void Read_WrongValue_IsToldWithItsPlace(string file, string expected)
    {
        var problem = Assert.Throws<ModelLoadException>(() => Read(file));

        Assert.StartsWith(Path.Combine(_folder.Path, "generation_config.json"), problem.Message, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0.6, 0.95, 20, 1.1, 7)]
    [InlineData("\"temperature\": 0, ", 0, 0.95, 20, 1.1, 7)]
    [InlineData("\"temperature\": null, ", 0.6, 0.95, 20, 1.1, 7)]
    [InlineData("\"top_p\": 1, \"top_k\": -1, \"repetition_penalty\": 1, ", 0.6, 1, 0, 1, 7)]
    [InlineData("\"max_tokens\": 9, ", 0.6, 0.95, 20, 1.1, 9)]
    [InlineData("\"max_completion_tokens\": 9, ", 0.6, 0.95, 20, 1.1, 9)]
    public void With_Defaults_FillsWhatTheBodyLeavesOpen(string fields, double temperature, double topP, int topK, double penalty, int most)
    {
        var body = Encoding.UTF8.GetBytes($$"""{ {{fields}} "messages": [{"role": "user", "content": "a"}]}""");

        var request = ChatRequestParser.Parse(body, "r1", chat: true).Parsed!.With(Read(File)).Request;

        Assert.Equal(
            (temperature, topP, topK, penalty, most),
            (request.Temperature, request.TopP, request.TopK, request.RepetitionPenalty, request.MaxTokens));
    }

    [Fact]
    public void Next_RepetitionPenalty_WeighsPromptAndAnswerTokens()
    {
        float[] logits = [3, 2.9f, -1, -1.5f];
        var request = new GenerationRequest { RequestId = "r", Messages = [], MaxTokens = 9, Temperature = 0, RepetitionPenalty = 2 };

        Assert.Equal(0, new Sampler(request, new SamplerScratch(4)).Next(logits));
        // 3 / 2 is below 2.9; then 2.9 / 2 is below 1.5.
        var sampler = new Sampler(request, new SamplerScratch(4), [0, 0, 2]);
        Assert.Equal([1, 0], [sampler.Next(logits), sampler.Next(logits)]);
        // -1 * 2 is below -1.5.
        Assert.Equal(1, new Sampler(request, new SamplerScratch(2), [0]).Next([-1, -1.5f]));
    }

    [SkippableTheory]
    [InlineData(GenerationConfig.Auto, 3)]
    [InlineData(GenerationConfig.None, 16)]
    public async Task Server_FileInTheFolder_HoldsUnlessLeftOut(GenerationConfig config, int expected)
    {
        foreach (var file in Directory.EnumerateFiles(TriageModel.RequireFolder()))
        {
            System.IO.File.Copy(file, Path.Combine(_folder.Path, Path.GetFileName(file)));
        }

        _folder.File("generation_config.json", """{"temperature": 0, "max_new_tokens": 3}""");
        var options = new ServerOptions { Model = _folder.Path, Device = "cpu", Replicas = 1, MaxBatch = 1, GenerationConfig = config };
        await using var server = await ModelServer.StartAsync(options, TimeProvider.System, default);
        await using var face = await HttpFace.StartAsync(server, new HttpFaceOptions(), TimeProvider.System, default);
        using var client = new HttpClient { Timeout = FakeModel.Patience };

        using var content = new StringContent("""{"prompt": "Where is my order"}""", Encoding.UTF8, "application/json");
        using var reply = await client.PostAsync(new Uri(face.BaseAddress, "v1/completions"), content);

        Assert.Contains($"\"completion_tokens\":{expected},", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private GenerationDefaults Read(string? file)
    {
        if (file is not null)
        {
            _folder.File("generation_config.json", file);
        }

        return GenerationDefaults.Read(_folder.Path);
    }
}
