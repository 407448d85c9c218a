using System.Buffers;
using System.Text;
using System.Text.Json;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using FsCheck;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Scenarios.Prompts;

public sealed class ChatBodyTests
{
    [Fact]
    public void Write_Stream_IsThisBody()
    {
        var output = new ArrayBufferWriter<byte>();
        ChatBody.Write(output, "m\"1", [new ChatMessage("user", "a\n\u0000\u2028é😀\uD83Dz")], new Sampling(0.7, 48, true, 12), UsageReport.End);

        Assert.Equal(
            """{"model":"m\"1","messages":[{"role":"user","content":"a\n\u0000"""
            + "\u2028é😀"
            + """\uD83Dz"}],"temperature":0.7,"max_tokens":48,"seed":12,"stream":true,"stream_options":{"include_usage":true}}""",
            Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData(UsageReport.None, "\"stream\":true}")]
    [InlineData(UsageReport.Each, "\"stream\":true,\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}}")]
    public void Write_Stream_AsksForTheUsageThatIsWanted(UsageReport usage, string end)
    {
        var output = new ArrayBufferWriter<byte>();
        ChatBody.Write(output, "m", [new ChatMessage("user", "a")], new Sampling(0, 1, true, 0), usage);

        Assert.EndsWith(end, Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void WriteCompletion_NoStream_JoinsMessages()
    {
        var output = new ArrayBufferWriter<byte>();
        ChatBody.WriteCompletion(output, "m", [new ChatMessage("system", "a"), new ChatMessage("user", "b")], new Sampling(0, 1, false, 0), UsageReport.End);

        Assert.Equal(
            """{"model":"m","prompt":"a\n\nb","temperature":0,"max_tokens":1,"seed":0,"stream":false}""", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    /// <summary>Any UTF-16 text, lone surrogates included, comes back from the wire as it was.</summary>
    [Fact]
    public void WriteString_AnyText_RoundTrips()
    {
        var units = Gen.ArrayOf(Gen.Frequency(
            (3, Gen.Choose(0x20, 0x7E)), (1, Gen.Choose(0, 0x1F)), (2, Gen.Choose(0xD800, 0xDFFF)), (2, Gen.Choose(0, 0xFFFF))));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Arb.From(units), array =>
        {
            var text = new string(array.Select(unit => (char)unit).ToArray());
            var output = new ArrayBufferWriter<byte>();
            JsonText.WriteString(output, text);
            var written = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(output.WrittenSpan);
            using var document = JsonDocument.Parse(written);
            return JsonText.ReadString(document.RootElement.GetRawText()) == text;
        }));
    }

    [Fact]
    public void FillModel_Placeholder_IsReplacedEverywhereAndEscaped()
    {
        var raw = Encoding.UTF8.GetBytes($"{{\"model\":\"{ChatBody.ModelPlaceholder}\",\"x\":\"{ChatBody.ModelPlaceholder}\"");

        Assert.Equal("{\"model\":\"a\\\"b\",\"x\":\"a\\\"b\"", Encoding.UTF8.GetString(ChatBody.FillModel(raw, "a\"b").Span));
        Assert.Equal("{}", Encoding.UTF8.GetString(ChatBody.FillModel("{}"u8.ToArray(), "m").Span));
    }
}
