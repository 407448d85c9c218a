using System.Text;
using System.Text.Json;
using ChaosBench.Engine.Targets.OpenAi;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

public class ReplyParserTests
{
    [Theory]
    [InlineData("""{"choices":[{"delta":{"role":"assistant"}}]}""", false, "")]
    [InlineData("""{"choices":[{"delta":{"role":"assistant","content":""}}]}""", false, "")]
    [InlineData("""{"choices":[{"delta":{"content":null}}]}""", false, "")]
    [InlineData("""{"choices":[{"delta":{}}]}""", false, "")]
    [InlineData("""{"choices":[]}""", false, "")]
    [InlineData("""{"choices":[{"delta":{"content":"Hi"}}]}""", true, "Hi")]
    [InlineData("""{"choices":[{"delta":{"reasoning_content":"hm"}}]}""", true, "")]
    [InlineData("""{"choices":[{"delta":{"refusal":"no"}}]}""", true, "")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":""}}]}}]}""", true, "")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}}]}""", true, "")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":""}}]}}]}""", false, "")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[],"content":"x"}}]}""", true, "x")]
    [InlineData("""{"choices":[{"text":"Hi"}]}""", true, "Hi")]
    [InlineData("""{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}""", true, "Hi")]
    [InlineData("""{"x":{"choices":1},"choices":[{"logprobs":{"content":[{"token":"a"}]},"delta":{"content":"a"}}]}""", true, "a")]
    public void Read_Object_FindsTokensAndText(string json, bool hasToken, string text)
    {
        var reply = new Reply();

        Assert.Equal(hasToken, ReplyParser.Read(Encoding.UTF8.GetBytes(json), reply));
        Assert.Equal(text, reply.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"id":"x"}""")]
    [InlineData("""{"choices":{}}""")]
    [InlineData("""{"choices":[1]}""")]
    [InlineData("""{"choices":[{"delta":3}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":3}}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":"\ud800"}}]}""")]
    [InlineData("""{"choices":[]} {"choices":[]}""")]
    [InlineData("""{"choices":[]}x""")]
    public void Read_BrokenProtocol_Throws(string json) =>
        Assert.ThrowsAny<JsonException>(() => ReplyParser.Read(Encoding.UTF8.GetBytes(json), new Reply()));

    [Fact]
    public void Read_EveryPrefixOfAnObject_ThrowsJsonException()
    {
        var json = """{"choices":[{"delta":{"content":"Grüße","tool_calls":[{"function":{"name":"f"}}]}}],"usage":{"prompt_tokens":3}}"""u8.ToArray();
        for (var length = 0; length < json.Length; length++)
        {
            var prefix = json[..length];
            Assert.ThrowsAny<JsonException>(() => ReplyParser.Read(prefix, new Reply()));
        }
    }

    [Fact]
    public void Read_Usage_IsKept()
    {
        var reply = new Reply();

        ReplyParser.Read("""{"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":9,"total_tokens":20,"x":{"y":[1]}}}"""u8, reply);

        Assert.Equal((11, 9), (reply.InputTokens, reply.OutputTokens));
    }

    [Theory]
    [InlineData("""{"error":{"message":"secret prompt","type":"invalid_request_error","code":"invalid_api_key"}}""", "invalid_request_error/invalid_api_key")]
    [InlineData("""{"error":{"message":"secret prompt"}}""", "error")]
    [InlineData("""{"error":"secret prompt"}""", "error")]
    [InlineData("""{"error":{"type":"two words of the prompt","code":null}}""", "error")]
    [InlineData("not json", null)]
    public void ErrorOf_Body_GivesTypeAndCodeButNeverTheMessage(string json, string? error) =>
        Assert.Equal(error, ReplyParser.ErrorOf(Encoding.UTF8.GetBytes(json)));
}
