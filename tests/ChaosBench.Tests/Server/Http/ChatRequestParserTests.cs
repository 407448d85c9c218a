using System.IO.Compression;
using System.Text;
using ChaosBench.Server.Http;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Http;

public class ChatRequestParserTests
{
    private const string Hello = """[{"role": "user", "content": "hello"}]""";

    [Fact]
    public void Parse_EveryField_IsRead()
    {
        var parsed = Accepted($$"""
            {
              "model": "m", "messages": {{Hello}}, "temperature": 0.5, "top_p": 0.9, "top_k": 7, "presence_penalty": -1,
              "frequency_penalty": 2, "max_tokens": 3, "max_completion_tokens": 5, "seed": -9, "stop": ["a", "\n"], "stream": true,
              "stream_options": {"include_usage": true}, "user": "u", "unheard_of": [{}]
            }
            """);

        Assert.Equal((true, true, "m"), (parsed.Stream, parsed.IncludeUsage, parsed.Model));
        var request = parsed.Request;
        Assert.Equal(("id", true), (request.RequestId, request.Stream));
        Assert.Equal([new("user", "hello")], request.Messages);
        Assert.Equal((0.5, 0.9, 7), (request.Temperature, request.TopP, request.TopK));
        Assert.Equal((-1.0, 2.0), (request.PresencePenalty, request.FrequencyPenalty));
        Assert.Equal((5, -9L), (request.MaxTokens, request.Seed));
        Assert.Equal(["a", "\n"], request.Stop);
    }

    [Fact]
    public void Parse_OnlyMessages_HasOpenAisDefaults()
    {
        var parsed = Accepted($$"""{"messages": {{Hello}}}""");

        Assert.Equal((false, false, null), (parsed.Stream, parsed.IncludeUsage, parsed.Model));
        Assert.Equal((1.0, 1.0, 0, null), (parsed.Request.Temperature, parsed.Request.TopP, parsed.Request.TopK, parsed.Request.Seed));
        Assert.True(parsed.Request.MaxTokens > 100_000);
        Assert.Empty(parsed.Request.Stop);
    }

    [Fact]
    public void Parse_NullFields_CountAsAbsent() => Accepted(
        $$"""{"messages": {{Hello}}, "temperature": null, "stop": null, "stream": null, "max_tokens": null, "seed": null, "n": null, "logprobs": null, "stream_options": null, "model": null}""");

    [Theory]
    [InlineData("""{"prompt": "p"}""", "p")]
    [InlineData("""{"prompt": ["p"]}""", "p")]
    [InlineData("""{"prompt": ""}""", "")]
    public void Parse_Completion_ReadsThePrompt(string body, string prompt)
    {
        var request = Accepted(body, chat: false).Request;

        Assert.Equal((prompt, 16), (request.Prompt, request.MaxTokens));
        Assert.Empty(request.Messages);
    }

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"\\u0000\"", "\0")]
    [InlineData("\"\\ud83d\\ude00\"", "\U0001F600")]
    [InlineData("\"\U0001F600\\\\ \\/ \\\" \\b\\f\\n\\r\\t\"", "\U0001F600\\ / \" \b\f\n\r\t")]
    [InlineData("[]", "")]
    [InlineData("""[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]""", "ab")]
    public void Parse_Content_IsKeptAsWritten(string json, string content) => Assert.Equal(
        content, Accepted($$"""{"messages": [{"role": "user", "content": {{json}}}]}""").Request.Messages[0].Content);

    // Not a table: attributes cannot hold lone surrogates.
    [Fact]
    public void Parse_LoneSurrogates_AreContent() => Assert.Equal(
        "\uD800 a\uDFFFb",
        Accepted("""{"messages": [{"role": "user", "content": "\ud800 a\udfffb"}]}""").Request.Messages[0].Content);

    [Theory]
    [InlineData("developer", "system")]
    [InlineData("system", "system")]
    [InlineData("tool", "tool")]
    public void Parse_Role_IsKnown(string written, string read) => Assert.Equal(
        read, Accepted($$"""{"messages": [{"role": "{{written}}", "content": "x"}]}""").Request.Messages[0].Role);

    [Fact]
    public void Parse_AssistantOfToolCallsAlone_HasNoText() => Assert.Equal(
        "", Accepted("""{"messages": [{"role": "assistant", "content": null, "tool_calls": []}]}""").Request.Messages[0].Content);

    [Fact]
    public void Parse_NameGivenTwice_TheLastCounts() => Assert.Equal(
        5, Accepted($$"""{"messages": 7, "max_tokens": "x", "max_tokens": 5, "messages": {{Hello}}, "\ud800": 1}""").Request.MaxTokens);

    [Theory]
    // The place in the body is named, and every message says what would be right.
    [InlineData("""{}""", "messages", "missing_required_parameter")]
    [InlineData("""{"messages": []}""", "messages", "invalid_value")]
    [InlineData("""{"messages": {}}""", "messages", "invalid_type")]
    [InlineData("""{"messages": "hello"}""", "messages", "invalid_type")]
    [InlineData("""{"messages": [7]}""", "messages[0]", "invalid_type")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}, {"content": "b"}]}""", "messages[1].role", "invalid_value")]
    [InlineData("""{"messages": [{"role": "king", "content": "b"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"messages": [{"role": 1, "content": "b"}]}""", "messages[0].role", "invalid_type")]
    [InlineData("""{"messages": [{"role": "user"}]}""", "messages[0].content", "missing_required_parameter")]
    [InlineData("""{"messages": [{"role": "user", "content": 5}]}""", "messages[0].content", "invalid_type")]
    [InlineData("""{"messages": [{"role": "user", "content": ["a"]}]}""", "messages[0].content[0]", "invalid_type")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}""", "messages[0].content[0].type", "unsupported_value")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]}""", "messages[0].content[0].text", "unsupported_value")]
    public void Parse_WrongMessages_AreNamed(string body, string param, string code) => Refused(body, param, code);

    [Theory]
    [InlineData("temperature", "\"hot\"", "invalid_type")]
    [InlineData("temperature", "-0.01", "invalid_value")]
    [InlineData("temperature", "2.01", "invalid_value")]
    [InlineData("temperature", "1e400", "invalid_value")]
    [InlineData("temperature", "[]", "invalid_type")]
    [InlineData("top_p", "0", "invalid_value")]
    [InlineData("top_p", "1.5", "invalid_value")]
    [InlineData("top_k", "-2", "invalid_value")]
    [InlineData("top_k", "1.5", "invalid_type")]
    [InlineData("max_tokens", "0", "invalid_value")]
    [InlineData("max_tokens", "-1", "invalid_value")]
    [InlineData("max_tokens", "2147483648", "invalid_value")]
    [InlineData("max_tokens", "9223372036854775808", "invalid_type")]
    [InlineData("max_tokens", "1e2", "invalid_type")]
    [InlineData("max_completion_tokens", "0", "invalid_value")]
    [InlineData("presence_penalty", "-2.5", "invalid_value")]
    [InlineData("frequency_penalty", "1e308", "invalid_value")]
    [InlineData("seed", "1.5", "invalid_type")]
    [InlineData("stop", "5", "invalid_type")]
    [InlineData("stop", "[5]", "invalid_type")]
    [InlineData("stop", "[\"\"]", "invalid_value")]
    [InlineData("stop", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "invalid_value")]
    [InlineData("stream", "\"true\"", "invalid_type")]
    [InlineData("stream_options", "true", "invalid_type")]
    [InlineData("stream_options.include_usage", "1", "invalid_type")]
    [InlineData("n", "17", "invalid_value")]
    [InlineData("n", "-9223372036854775808", "invalid_value")]
    [InlineData("n", "0", "invalid_value")]
    [InlineData("n", "\"1\"", "invalid_type")]
    [InlineData("best_of", "3", "unsupported_value")]
    [InlineData("logprobs", "5", "invalid_type")]
    [InlineData("logprobs", "\"yes\"", "invalid_type")]
    [InlineData("top_logprobs", "3", "invalid_value")]
    [InlineData("top_logprobs", "true", "invalid_type")]
    [InlineData("echo", "true", "unsupported_value")]
    [InlineData("model", "7", "invalid_type")]
    public void Parse_WrongField_IsNamed(string field, string value, string code)
    {
        var dot = field.IndexOf('.', StringComparison.Ordinal);
        var member = dot < 0 ? $"\"{field}\": {value}" : $"\"{field[..dot]}\": {{\"{field[(dot + 1)..]}\": {value}}}";

        Refused($$"""{"messages": {{Hello}}, {{member}}}""", field, code);
    }

    [Theory]
    [InlineData("""{"logprobs": false}""", null)]
    [InlineData("""{"logprobs": true}""", 0)]
    [InlineData("""{"logprobs": true, "top_logprobs": 0}""", 0)]
    [InlineData("""{"logprobs": true, "top_logprobs": 20}""", 20)]
    [InlineData("""{"logprobs": true, "top_logprobs": 21}""", -1)]
    [InlineData("""{"logprobs": true, "top_logprobs": -1}""", -1)]
    public void Parse_ChatLogProbs_AreAFlagAndACount(string fields, int? expected)
    {
        var result = Parse($$"""{"messages": {{Hello}}, {{fields[1..]}}""");

        Assert.Equal(expected == -1, !result.Ok);
        Assert.True(!result.Ok || result.Parsed.Request.TopLogProbs == expected);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("5", 5)]
    [InlineData("null", null)]
    public void Parse_CompletionLogProbs_AreACount(string value, int? expected) => Assert.Equal(
        expected, Accepted($$"""{"prompt": "a", "logprobs": {{value}}}""", chat: false).Request.TopLogProbs);

    [Fact]
    public void Parse_N_IsTheNumberOfChoices()
    {
        Assert.Equal(1, Accepted($$"""{"messages": {{Hello}}}""").Choices);
        Assert.Equal(16, Accepted($$"""{"messages": {{Hello}}, "n": 16, "best_of": 16}""").Choices);
    }

    [Theory]
    [InlineData("""{}""", "missing_required_parameter")]
    [InlineData("""{"prompt": 5}""", "invalid_type")]
    [InlineData("""{"prompt": ["a", "b"]}""", "unsupported_value")]
    [InlineData("""{"prompt": [1, 2]}""", "unsupported_value")]
    public void Parse_WrongPrompt_IsNamed(string body, string code) => Refused(body, "prompt", code, chat: false);

    [Theory]
    [InlineData("", "invalid_json")]
    [InlineData("{", "invalid_json")]
    [InlineData("{\"temperature\": NaN}", "invalid_json")]
    [InlineData("{} {}", "invalid_json")]
    [InlineData("\uFEFF{}", "invalid_json")]
    [InlineData("{/**/}", "invalid_json")]
    [InlineData("null", "invalid_type")]
    [InlineData("[]", "invalid_type")]
    public void Parse_NoJsonObject_IsRefused(string body, string code) => Refused(body, param: null, code);

    [Theory]
    [InlineData(30, true)]
    [InlineData(40, false)]
    [InlineData(1_000_000, false)]
    public void Parse_Depth_IsBounded(int depth, bool accepted)
    {
        var body = $$"""{"messages": {{Hello}}, "x": {{new string('[', depth)}}{{new string(']', depth)}}}""";

        Assert.Equal(accepted, Parse(body).Ok);
    }

    [Fact]
    public void Parse_TenThousandStops_AreRefused() => Refused(
        $$"""{"messages": {{Hello}}, "stop": [{{string.Join(',', Enumerable.Repeat("\"x\"", 10_000))}}]}""", "stop", "invalid_value");

    [Fact]
    public void Parse_InvalidUtf8_IsRefused()
    {
        byte[] body = [.. "{\"messages\": \""u8, 0xC3, 0x28, .. "\"}"u8];

        Assert.Equal("invalid_utf8", ChatRequestParser.Parse(body, "id", chat: true).Error?.Code);
    }

    [Fact]
    public void Parse_Errors_DoNotQuoteTheBody()
    {
        foreach (var body in (string[])["SECRET", """{"messages": "SECRET"}""", """{"messages": [{"role": "SECRET"}]}""", """{"SECRET": }"""])
        {
            Assert.DoesNotContain("SECRET", Parse(body).Error!.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void Parse_JsonTestSuite_NeverCrashesAndRefusesWithAReason()
    {
        using var archive = ZipFile.OpenRead(DataFolder.Require("adversarial/json-test-suite/json_y_n.zip"));
        var files = archive.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var body = Read(file);
            var legal = file.Name.StartsWith("y_", StringComparison.Ordinal);

            // As the whole body: legal JSON is still no chat request.
            var whole = ChatRequestParser.Parse(body, "id", chat: true);
            Assert.True(whole.Error?.Status == 400, file.Name);
            Assert.True(legal != (whole.Error!.Code is "invalid_json" or "invalid_utf8"), $"{file.Name}: {whole.Error.Code}");

            // As the value of an unknown field: tolerated when legal.
            byte[] inside = [.. "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"x\": "u8, .. body, .. "}"u8];
            Assert.True(!legal || ChatRequestParser.Parse(inside, "id", chat: true).Ok, file.Name);

            // As content.
            byte[] content = [.. "{\"messages\": [{\"role\": \"user\", \"content\": "u8, .. body, .. "}]}"u8];
            Assert.NotNull(ChatRequestParser.Parse(content, "id", chat: true));
        }
    }

    [SkippableFact]
    public void Parse_NaughtyStrings_AreKept()
    {
        var path = DataFolder.Require("adversarial/blns/blns.json");
        foreach (var naughty in System.Text.Json.JsonSerializer.Deserialize<string[]>(File.ReadAllText(path))!)
        {
            var body = $$"""{"messages": [{"role": "user", "content": {{System.Text.Json.JsonSerializer.Serialize(naughty)}}}]}""";
            Assert.Equal(naughty, Accepted(body).Request.Messages[0].Content);
        }
    }

    private static byte[] Read(ZipArchiveEntry file)
    {
        using var stream = file.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    private static ParseResult Parse(string body, bool chat = true) =>
        ChatRequestParser.Parse(Encoding.UTF8.GetBytes(body), "id", chat);

    private static ParsedRequest Accepted(string body, bool chat = true)
    {
        var result = Parse(body, chat);
        Assert.True(result.Ok, result.Error?.Message);
        return result.Parsed;
    }

    private static void Refused(string body, string? param, string code, bool chat = true)
    {
        var result = Parse(body, chat);
        Assert.False(result.Ok);
        Assert.Equal((400, param, code), (result.Error.Status, result.Error.Param, result.Error.Code));
        Assert.True(param is null || result.Error.Message.Contains(param.Split('.')[^1], StringComparison.Ordinal), result.Error.Message);
    }
}
