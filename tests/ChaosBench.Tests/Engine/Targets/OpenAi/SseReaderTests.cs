using System.Text;
using ChaosBench.Engine.Targets.OpenAi;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

public class SseReaderTests
{
    public static TheoryData<string, string[]> Streams => new()
    {
        { "data: a\n\ndata: b\n\n", ["a", "b"] },
        { "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"] },
        { "data: a\r\rdata: b\r\r", ["a", "b"] },
        { "data: a\r\n\ndata: b\n\r\n", ["a", "b"] },
        { "data: one\ndata: two\n\n", ["one\ntwo"] },
        { "data\n\n", [""] },
        { "data:\ndata:\n\n", ["\n"] },
        { "data:a\n\ndata:  b\n\n", ["a", " b"] },
        { ": a comment\n\n:\n\ndata: a\n: in between\ndata: b\n\n", ["a\nb"] },
        { "event: message\nid: 7\nretry: 10\ndata: a\n\n", ["a"] },
        { "event: ping\n\n", [] },
        { "dataset: a\n\nDATA: b\n\n data: c\n\n", [] },
        { "\uFEFFdata: a\n\n", ["a"] },
        { "data: a\n\n\uFEFFdata: b\n\n", ["a"] },
        { "data: Grüße 你好 🎉\n\n", ["Grüße 你好 🎉"] },
        { "data: a\n\ndata: unfinished", ["a"] },
        { "data: a\n\ndata: unfinished\n", ["a"] },
        { "\n\n\r\n\rdata: a\n\n", ["a"] },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void Feed_CutAtAnyTwoBytes_GivesTheSameEvents(string stream, string[] expected)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
            {
                Assert.Equal(expected, Read(bytes[..first], bytes[first..second], bytes[second..]));
            }
        }
    }

    [Fact]
    public void Feed_LineBeyondTheLimit_Refuses()
    {
        var reader = new SseReader();
        var piece = new byte[64 * 1024];
        Array.Fill(piece, (byte)'x');

        var fed = 0;
        while (reader.Feed(piece, _ => { }))
        {
            fed += piece.Length;
            Assert.True(fed <= SseReader.MaxEventBytes);
        }

        Assert.Equal(SseReader.MaxEventBytes, fed);
    }

    [Fact]
    public void Feed_EventOfManyLinesBeyondTheLimit_Refuses()
    {
        var reader = new SseReader();
        var line = Encoding.UTF8.GetBytes("data: " + new string('x', 100_000) + "\n");

        Assert.Equal(10, Enumerable.Range(0, 20).TakeWhile(_ => reader.Feed(line, _ => { })).Count());
    }

    private static List<string> Read(params byte[][] parts)
    {
        var reader = new SseReader();
        var events = new List<string>();
        foreach (var part in parts)
        {
            Assert.True(reader.Feed(part, data => events.Add(Encoding.UTF8.GetString(data))));
        }

        return events;
    }
}
