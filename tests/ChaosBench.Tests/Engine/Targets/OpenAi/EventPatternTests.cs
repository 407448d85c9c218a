using System.Text;
using System.Text.Json;
using ChaosBench.Engine.Targets.OpenAi;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>A reply read with the memory of its last event says what each event says when it is read alone.</summary>
public class EventPatternTests
{
    private static string Event(string content) => $$$"""{"id":"c1","choices":[{"delta":{"content":"{{{content}}}"},"finish_reason":null}]}""";

    public static TheoryData<string[]> Streams => new(
        [Event("Hel"), Event("lo"), Event(" "), Event("你好"), Event("!")],
        [Event("a"), Event("\\n"), Event("b"), Event("\\\""), Event("c")],
        [Event("a"), Event(""), Event("b")],
        [Event("a"), Event("b\\"), Event("c")],
        [Event("a"), Event("x\",\"role\":\"y"), Event("b")],
        [Event("a"), Event("b\"},\"finish_reason\":\"stop\"}],\"choices\":[{\"delta\":{\"content\":\"c"), Event("d")],
        [Event("a"), """{"id":"c1","choices":[{"delta":{},"finish_reason":"stop"}]}""", Event("b")],
        [Event("a"), Event("tab\there"), Event("b")],
        [Event("a"), Event("b") + "x", Event("c")],
        [Event("a"), Event("b")[..^1], Event("c")],
        ["""{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}""", """{"choices":[{"delta":{"content":"c"}},{"delta":{"content":"b"}}]}"""],
        ["""{"choices":[{"text":"a"}],"usage":{"completion_tokens":1}}""", """{"choices":[{"text":"b"}],"usage":{"completion_tokens":2}}"""],
        ["""{"choices":[{"delta":{"content":"a"}}],"error":null}""", """{"choices":[{"delta":{"content":"b"}}],"error":{"type":"x"}}"""],
        [Event("a"), "{\"id\":\"c1\",\"choices\":[{\"delta\":{\"content\":\"", Event("b")]);

    [Theory]
    [MemberData(nameof(Streams))]
    public void Read_EventsOneAfterTheOther_SayWhatEachSaysAlone(string[] events)
    {
        var stream = new Reply();
        var text = "";
        foreach (var bytes in events.Select(Encoding.UTF8.GetBytes))
        {
            var alone = new Reply();
            var expected = Read(bytes, alone);
            var before = stream.Text.Length;

            Assert.Equal(expected, Read(bytes, stream));
            if (expected is not null)
            {
                text += alone.Text;
                Assert.Equal(alone.Text, stream.Text[before..]);
                Assert.Equal((alone.OutputTokens ?? stream.OutputTokens, alone.Error), (stream.OutputTokens, stream.Error));
                Assert.Equal(alone.FinishReason ?? stream.FinishReason, stream.FinishReason);
            }
        }
    }

    [Fact]
    public void Read_InvalidUtf8AfterAPlainEvent_Throws()
    {
        var stream = new Reply();
        ReplyParser.Read(Encoding.UTF8.GetBytes(Event("ab")), stream);
        var broken = Encoding.UTF8.GetBytes(Event("ab"));
        broken[broken.AsSpan().IndexOf("ab"u8)] = 0xC3;

        Assert.ThrowsAny<JsonException>(() => ReplyParser.Read(broken, stream));
    }

    [Fact]
    public void Clear_ThenAnotherStream_ReadsItsEventsAnew()
    {
        var reply = new Reply();
        ReplyParser.Read(Encoding.UTF8.GetBytes(Event("a")), reply);
        reply.Clear();

        Assert.True(ReplyParser.Read(Encoding.UTF8.GetBytes(Event("b")), reply));
        Assert.Equal("b", reply.Text);
    }

    /// <summary>Null: it breaks the protocol.</summary>
    private static bool? Read(byte[] json, Reply reply)
    {
        try
        {
            return ReplyParser.Read(json, reply);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
