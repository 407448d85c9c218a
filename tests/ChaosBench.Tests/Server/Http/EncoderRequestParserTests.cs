using System.Text;
using ChaosBench.Server.Http;

namespace ChaosBench.Tests.Server.Http;

public sealed class EncoderRequestParserTests
{
    private const int Width = 4;

    [Theory]
    [InlineData("""{"input": "a"}""", new[] { "a" })]
    [InlineData("""{"input": ["a", "\u0000b"]}""", new[] { "a", "\0b" })]
    [InlineData("""{"input": [7, 0]}""", new[] { "7 0" })]
    [InlineData("""{"input": [[7], [8, 9]]}""", new[] { "7", "8 9" })]
    [InlineData("""{"input": "a", "encoding_format": "float", "dimensions": 4, "user": 5, "unheard_of": []}""", new[] { "a" })]
    public void Parse_Input_IsRead(string body, string[] expected)
    {
        var request = Parse(body).Request!;

        Assert.Equal(expected, request.Inputs.Select(input => input.Text ?? string.Join(' ', input.Tokens!)));
        Assert.False(request.Base64);
    }

    [Fact]
    public void Parse_Base64_IsRead() => Assert.True(Parse("""{"input": "a", "encoding_format": "base64"}""").Request!.Base64);

    [Theory]
    [InlineData("""{}""", "input", "missing_required_parameter")]
    [InlineData("""{"input": null}""", "input", "missing_required_parameter")]
    [InlineData("""{"input": {}}""", "input", "invalid_type")]
    [InlineData("""{"input": 5}""", "input", "invalid_type")]
    [InlineData("""{"input": ""}""", "input", "invalid_value")]
    [InlineData("""{"input": []}""", "input", "invalid_value")]
    [InlineData("""{"input": ["a", ""]}""", "input[1]", "invalid_value")]
    [InlineData("""{"input": ["a", 5]}""", "input[1]", "invalid_type")]
    [InlineData("""{"input": ["a", ["b"]]}""", "input[1]", "invalid_type")]
    [InlineData("""{"input": [true]}""", "input[0]", "invalid_type")]
    [InlineData("""{"input": [1, "a"]}""", "input[1]", "invalid_type")]
    [InlineData("""{"input": [1.5]}""", "input[0]", "invalid_type")]
    [InlineData("""{"input": [2147483648]}""", "input[0]", "invalid_type")]
    [InlineData("""{"input": [[]]}""", "input[0]", "invalid_value")]
    [InlineData("""{"input": [[1], [null]]}""", "input[1][0]", "invalid_type")]
    [InlineData("""{"input": "a", "encoding_format": "int8"}""", "encoding_format", "invalid_value")]
    [InlineData("""{"input": "a", "encoding_format": 1}""", "encoding_format", "invalid_type")]
    [InlineData("""{"input": "a", "dimensions": 3}""", "dimensions", "unsupported_value")]
    [InlineData("""{"input": "a", "dimensions": "4"}""", "dimensions", "invalid_type")]
    [InlineData("""{"input": "a", "model": 4}""", "model", "invalid_type")]
    [InlineData("""["a"]""", null, "invalid_type")]
    [InlineData("""{"input": """, null, "invalid_json")]
    public void Parse_WrongField_IsNamed(string body, string? param, string code)
    {
        var error = Parse(body).Error!;

        Assert.Equal((400, param, code), (error.Status, error.Param, error.Code));
        Assert.Contains(param ?? "", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2_048, null)]
    [InlineData(2_049, "invalid_value")]
    public void Parse_Batch_IsBounded(int count, string? code) => Assert.Equal(
        code, Parse($$"""{"input": [{{string.Join(',', Enumerable.Repeat("\"x\"", count))}}]}""").Error?.Code);

    [Theory]
    [InlineData(300_000, null)]
    [InlineData(300_001, "invalid_value")]
    public void Parse_Tokens_AreBounded(int count, string? code) => Assert.Equal(
        code, Parse($$"""{"input": [{{string.Join(',', Enumerable.Repeat("1", count))}}]}""").Error?.Code);

    private static EncoderParseResult Parse(string body)
    {
        var parsed = EncoderRequestParser.Parse(Encoding.UTF8.GetBytes(body));
        return parsed.Request?.Check(Width) is { } error ? new EncoderParseResult(null, error) : parsed;
    }
}
